//! Reads plain text files again and again for about two seconds and prints megabytes a second of the processor's
//! time, so that other work on the machine counts little.
//!
//! `cargo run --release -p reading --example speed -- FILE…`

use reading::Lexicon;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let mut texts = Vec::new();
    for file in std::env::args().skip(1) {
        match std::fs::read_to_string(&file) {
            Ok(text) => texts.push(text),
            Err(e) => {
                eprintln!("{file}: {e}");
                return ExitCode::FAILURE;
            }
        }
    }
    let lexicon = Lexicon::default();
    let size: usize = texts.iter().map(String::len).sum();
    let (mut read, mut used, start) = (0, Duration::ZERO, processor_time());
    while used < Duration::from_secs(2) {
        for text in &texts {
            std::hint::black_box(reading::read(text, &lexicon));
        }
        read += size;
        used = processor_time() - start;
    }
    println!("{:.2}", read as f64 / used.as_secs_f64() / 1e6);
    ExitCode::SUCCESS
}

/// How long this process has run on a processor, by Linux's count.
fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.expect("Linux keeps /proc/self/schedstat"))
}
