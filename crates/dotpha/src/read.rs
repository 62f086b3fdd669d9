//! `dotpha read`: a file in, what was read out.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use intake::Limits;
use interchange::akoma_ntoso::Outline;
use reading::{Lexicon, Reading};

use crate::{Fault, embedded};

/// What is read, and how it is told.
#[derive(Args)]
pub struct ReadOptions {
    /// Text, HTML, DOCX or PDF files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print each reading as one JSON object.
    #[arg(long)]
    json: bool,
    /// Print each outline as Akoma Ntoso 3.0 (XML).
    #[arg(long, conflicts_with = "json")]
    akn: bool,
    /// Write the extracted text, which the spans count in, to this file (one document only).
    #[arg(long)]
    text: Option<PathBuf>,
}

/// Runs the command. A file that cannot be taken is named; the others are read all the same.
pub fn run(options: &ReadOptions) -> Result<ExitCode, Fault> {
    let lexicon = lexicon()?;
    let mut code = ExitCode::SUCCESS;
    for file in &options.files {
        match read_file(file, &lexicon) {
            Ok((text, reading)) => {
                if let Some(path) = &options.text {
                    std::fs::write(path, &text)
                        .map_err(|error| format!("{}: {error}", path.display()))?;
                }
                print(file, &text, &reading, options)?;
            }
            Err(fault) => {
                eprintln!("{}: {fault}", file.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

/// The indicators of the built-in definitions, as the reader knows them.
fn lexicon() -> Result<Lexicon, Fault> {
    Ok(server::lexicon(&embedded::directory()?))
}

fn read_file(file: &Path, lexicon: &Lexicon) -> Result<(String, Reading), Fault> {
    let bytes = std::fs::read(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let taken = intake::take(&bytes, &name, &Limits::default())
        .map_err(|error| format!("{} / {}", error.message("vi"), error.message("en")))?;
    let reading = reading::read(&taken.text, lexicon);
    Ok((taken.text, reading))
}

fn print(file: &Path, text: &str, reading: &Reading, options: &ReadOptions) -> Result<(), Fault> {
    let mut out = std::io::stdout().lock();
    if options.json {
        serde_json::to_writer(&mut out, reading)?;
        writeln!(out)?;
        return Ok(());
    }
    if options.akn {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let today = jiff::Zoned::now().date();
        let outline = Outline::of(text, reading, &name, today);
        writeln!(out, "{}", interchange::akoma_ntoso::write(&outline))?;
        return Ok(());
    }
    writeln!(
        out,
        "{}: {} mục, {} chỉ tiêu, {} nhiệm vụ, {} trách nhiệm, {} văn bản dẫn chiếu, {} điều còn ngờ",
        file.display(),
        reading.sections.len(),
        reading.targets.len(),
        reading.tasks.len(),
        reading.assignments.len(),
        reading.cites.len(),
        reading.diagnostics.len()
    )?;
    Ok(())
}

/// The child process: a PDF on standard input, its pages as JSON on standard output.
pub fn intake_pdf() -> Result<ExitCode, Fault> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let answer = serde_json::to_vec(&intake::pdf::extract_here(&bytes))?;
    std::io::stdout().lock().write_all(&answer)?;
    Ok(ExitCode::SUCCESS)
}
