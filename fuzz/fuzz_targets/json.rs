//! What it holds is in `src/json.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::json::run(bytes));
