//! What it holds is in `src/claims.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| harness::claims::run(text));
