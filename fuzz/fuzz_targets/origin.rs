//! What it holds is in `src/origin.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::origin::run(bytes));
