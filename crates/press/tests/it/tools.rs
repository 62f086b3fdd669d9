//! Programs that open what we write, where this machine has them.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a program and gives its standard output; none where it is not installed.
pub fn run(program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .output()
    {
        Ok(output) => {
            assert!(output.status.success(), "{program} failed on {arguments:?}");
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(_) => {
            println!("left out: {program} is not installed");
            None
        }
    }
}

/// The text of a PDF, in reading order.
pub fn pdf_text(file: &Path) -> Option<String> {
    run(
        "pdftotext",
        &["-enc", "UTF-8", &file.to_string_lossy(), "-"],
    )
}

/// Words with single spaces between them: line breaks are the setter's business.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
