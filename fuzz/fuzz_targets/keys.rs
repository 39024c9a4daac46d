//! What it holds is in `src/keys.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::keys::run(bytes));
