//! What it holds is in `src/caching.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::caching::run(bytes));
