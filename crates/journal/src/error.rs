use thiserror::Error;

/// Why the store could not do what was asked. A *refusal* of a command is not one of these: it is the
/// engine's own error type and passes through [`crate::Journal::write`] unchanged.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The database answered with an error, or could not be reached.
    #[error("database: {}", database_fault(.0))]
    Database(#[from] sqlx::Error),
    /// A fact holds something that has no canonical form (a float, a non-finite number).
    #[error("fact cannot be written: {0}")]
    Canonical(#[from] crate::CanonicalError),
    /// Stored JSON does not fit the type it is read as; the place is named.
    #[error("{place}: {source}")]
    Decode {
        /// Stream, sequence number and kind, or table and column.
        place: String,
        /// What the decoder said.
        source: serde_json::Error,
    },
    /// A file of the store could not be read or written.
    #[error("file store, {path}: {}", file_fault(source))]
    File {
        /// Path below the store's folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The stored bytes of a file no longer have the hash they are named by.
    #[error("file {0} does not match its hash: it was altered or damaged")]
    Damaged(String),
    /// The database runs with a setting under which an acknowledged entry could be lost.
    #[error(
        "the database runs with {setting} = {found}, under which an acknowledged entry can be lost; {remedy}"
    )]
    Unsafe {
        /// Name of the setting.
        setting: &'static str,
        /// Its value.
        found: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The database was made by a build from before the first release.
    #[error(
        "the database was made by a build from before the first release (table schema_step names {0}): \
         its entries are hashed in a way no release knows. Give an empty data folder or database; a demo \
         province is made anew by `dotpha demo`"
    )]
    Unreleased(String),
    /// The database was brought forward by a version of the program that came later.
    #[error(
        "the database was brought forward by a later version of the program (table schema_step names {0}, \
         which this version does not know). Start that version or a later one, or restore a backup made \
         before the upgrade"
    )]
    Newer(String),
    /// A backup was loaded here and what has to follow was not done to its end.
    #[error(
        "a restore of the backup up to {0} was cut short here; run the same `dotpha restore` again to \
         finish it"
    )]
    RestorePending(String),
    /// The address names no engine that we speak.
    #[error("{0}: an address begins with sqlite: or postgres://")]
    Address(String),
    /// Something that was stored is not what its invariant promises; the text names place and value.
    #[error("{0}")]
    Invariant(String),
}

impl JournalError {
    /// Decoding fault at a named place.
    pub fn decode(place: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let place = place.into();
        move |source| Self::Decode { place, source }
    }
}

/// What a database says when there is no room left: SQLite's SQLITE_FULL, PostgreSQL's disk_full.
const FULL: [&str; 2] = ["13", "53100"];

/// What the database said, with what to do where that is known.
fn database_fault(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|e| e.code());
    match code {
        Some(code) if FULL.contains(&code.as_ref()) => format!(
            "its disk is full ({error}); nothing of this command was kept: make room there and repeat it"
        ),
        _ => error.to_string(),
    }
}

/// What the system said about a file, with what to do where that is known.
fn file_fault(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let remedy = match error.kind() {
        ErrorKind::StorageFull => "its disk is full: make room there and repeat the command",
        ErrorKind::QuotaExceeded => "the quota of the server's user is used up: raise it",
        ErrorKind::ReadOnlyFilesystem => "the disk is mounted for reading only",
        ErrorKind::PermissionDenied => "the server's user may not write there",
        ErrorKind::NotFound => "the file is missing: bring it back from a backup",
        _ => return error.to_string(),
    };
    format!("{remedy} ({error})")
}
