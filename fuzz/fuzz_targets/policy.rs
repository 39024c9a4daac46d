//! What it holds is in `src/policy.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::policy::run(bytes));
