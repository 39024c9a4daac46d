//! What it holds is in `src/credentials.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::credentials::run(bytes));
