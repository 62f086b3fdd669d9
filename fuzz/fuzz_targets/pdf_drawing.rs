#![no_main]

#[path = "../../crates/intake/tests/it/fixture.rs"]
#[allow(dead_code)]
mod fixture;
#[path = "../../crates/intake/tests/it/holds.rs"]
#[allow(dead_code)]
mod holds;

libfuzzer_sys::fuzz_target!(
    // Panics of the libraries that read PDF are caught where they are called; those that nobody catches
    // still end the fuzzer.
    init: std::panic::set_hook(Box::new(|_| ())),
    |file: &[u8]| holds::pdf_drawing(file)
);
