//! What `dotpha intake-pdf` does: a PDF on standard input, its pages as JSON on standard output.
//! The tests start it as the child process.

use std::io::{Read, Write};

fn main() -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = serde_json::to_vec(&intake::pdf::extract_here(&bytes))?;
    std::io::stdout().lock().write_all(&answer)
}
