//! Writes an invented report as DOCX and PDF, and its charts as SVG, for looking at.
//!
//! `cargo run -p press --example sample_report -- <folder>`

mod sample;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("give a folder")?);
    fs::create_dir_all(&folder)?;
    let doc = sample::sample();
    fs::write(folder.join("report.docx"), press::docx::write(&doc)?)?;
    fs::write(folder.join("report.pdf"), press::pdf::write(&doc)?)?;
    fs::write(folder.join("line.svg"), sample::line_chart().svg())?;
    fs::write(folder.join("bars.svg"), sample::bars().svg())?;
    fs::write(folder.join("stacked.svg"), sample::stacked().svg())?;
    Ok(())
}
