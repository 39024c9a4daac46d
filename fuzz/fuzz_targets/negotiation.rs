//! What it holds is in `src/negotiation.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::negotiation::run(bytes));
