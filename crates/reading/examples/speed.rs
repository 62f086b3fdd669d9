//! Reads plain text files again and again for about two seconds and prints megabytes a second.
//!
//! `cargo run --release -p reading --example speed -- FILE…`

use reading::Lexicon;
use std::process::ExitCode;
use std::time::{Duration, Instant};

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
    let (mut read, start) = (0, Instant::now());
    while start.elapsed() < Duration::from_secs(2) {
        for text in &texts {
            std::hint::black_box(reading::read(text, &lexicon));
        }
        read += size;
    }
    println!("{:.2}", read as f64 / start.elapsed().as_secs_f64() / 1e6);
    ExitCode::SUCCESS
}
