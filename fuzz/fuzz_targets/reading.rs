#![no_main]

#[path = "../../crates/reading/tests/it/holds.rs"]
#[allow(dead_code)]
mod holds;

libfuzzer_sys::fuzz_target!(|text: &[u8]| holds::bytes(text));
