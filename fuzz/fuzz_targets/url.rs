//! What it holds is in `src/url.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| harness::url::run(text));
