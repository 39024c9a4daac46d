//! What it holds is in `src/gate.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::gate::run(bytes));
