#![no_main]

#[path = "../../crates/intake/tests/it/fixture.rs"]
#[allow(dead_code)]
mod fixture;
#[path = "../../crates/intake/tests/it/holds.rs"]
#[allow(dead_code)]
mod holds;

libfuzzer_sys::fuzz_target!(|file: &[u8]| holds::docx_xml(file));
