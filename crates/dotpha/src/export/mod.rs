//! `dotpha export`: everything as open files, for people and for other programs.
//!
//! An export is a backup in plain text with readable views beside it: what is imported again is the very
//! log, checked like a backup; what people and spreadsheets read is made from it and may be thrown away.

mod files;
mod readme;
mod tables;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use journal::backup::{BackupError, PrivateFile, private_folder};
use journal::{JournalError, Tx};
use thiserror::Error;

use crate::Fault;
use crate::backup::back_up_plainly;
use crate::config::Place;

/// Folder of the backup in an export.
pub const JOURNAL: &str = "journal";

/// What is exported, and where to.
#[derive(Args)]
pub struct ExportOptions {
    #[command(flatten)]
    place: Place,
    /// Folder of the export: a new or an empty one.
    #[arg(long)]
    to: PathBuf,
}

/// Why an export ended early.
#[derive(Debug, Error)]
enum ExportError {
    /// A file could not be written.
    #[error(transparent)]
    Place(#[from] BackupError),
    /// The journal's store said no.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A table could not be written.
    #[error("{table}: {source}")]
    Table {
        /// Which.
        table: String,
        /// What the writer said.
        source: csv::Error,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    System {
        /// What.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

/// `dotpha export`
pub async fn export(options: ExportOptions) -> Result<ExitCode, Fault> {
    let to = options.to;
    let taken = std::fs::read_dir(&to).is_ok_and(|mut list| list.next().is_some());
    if taken {
        return Err(format!(
            "{}: there is something here; name a new folder",
            to.display()
        )
        .into());
    }
    let journal = options.place.open(None).await?;
    private_folder(&to)?;
    let (done, mut snapshot) = back_up_plainly(&journal, &to.join(JOURNAL)).await?;
    eprintln!("writing tables and documents");
    let written = Views { to: &to }.write(&mut snapshot).await?;
    let head = done.manifest.head()?;
    // Last: an export without it was cut short.
    put(
        &to.join("README.md"),
        readme::text(&head, &written).as_bytes(),
    )?;
    println!(
        "{}: {} entries up to {head}, {} tables, {} documents",
        to.display(),
        done.manifest.seq,
        written.tables.len(),
        written.files
    );
    Ok(ExitCode::SUCCESS)
}

/// What stands beside the log.
struct Written {
    /// Name of a table and how many rows it has.
    tables: Vec<(String, i64)>,
    /// Files under readable names.
    files: i64,
}

/// What people read, made in the snapshot in which the log was read to its end.
struct Views<'a> {
    to: &'a Path,
}

impl Views<'_> {
    async fn write(&self, tx: &mut Tx) -> Result<Written, ExportError> {
        let mut tables = Vec::new();
        private_folder(&self.to.join("tables"))?;
        for projection in crate::open::projections() {
            for table in projection.tables() {
                tables.push(self.table(tx, table).await?);
            }
        }
        tables.push(self.people(tx).await?);
        self.definitions(tx).await?;
        let files = self.files(tx).await?;
        Ok(Written { tables, files })
    }
}

/// Writes a file for its owner only.
fn put(path: &Path, content: &[u8]) -> Result<(), ExportError> {
    let mut file = PrivateFile::create_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(content).map_err(system(path))?;
    Ok(file.finish(path)?)
}

fn system(path: &Path) -> impl FnOnce(std::io::Error) -> ExportError + use<> {
    let path = path.to_owned();
    move |source| ExportError::System { path, source }
}
