//! What it holds is in `src/freshness.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|moment: harness::freshness::Moment| harness::freshness::run(moment));
