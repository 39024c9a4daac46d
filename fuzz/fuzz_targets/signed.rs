//! What it holds is in `src/signed.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|wanted: harness::signed::Token| harness::signed::run(wanted));
