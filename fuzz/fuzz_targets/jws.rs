//! What it holds is in `src/jws.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| harness::jws::run(text));
