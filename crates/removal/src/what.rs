use std::fmt;
use std::str::FromStr;

use journal::FileHash;
use programme::DocumentId;
use reporting::ReportId;

/// What is to be taken out. Written `document/UUID`, `report/UUID`, `file/SHA-256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A document with everything that came of it.
    Document(DocumentId),
    /// A report with its files.
    Report(ReportId),
    /// A file of evidence or a signed copy, wherever it was handed in.
    File(FileHash),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Document(id) => write!(f, "document/{id}"),
            What::Report(id) => write!(f, "report/{id}"),
            What::File(hash) => write!(f, "file/{}", hash.as_str()),
        }
    }
}

impl FromStr for What {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is nothing that can be removed: document/ID, report/ID or file/SHA-256"
            )
        };
        match text.split_once('/').ok_or_else(wrong)? {
            ("document", id) => id.parse().map(What::Document).map_err(|_| wrong()),
            ("report", id) => id.parse().map(What::Report).map_err(|_| wrong()),
            ("file", hash) => FileHash::parse(hash).map(What::File).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let id = DocumentId::new();
        let hash = FileHash::of(b"x");
        for what in [
            What::Document(id),
            What::Report(ReportId::new()),
            What::File(hash.clone()),
        ] {
            assert_eq!(what.to_string().parse(), Ok(what));
        }
        for wrong in [
            "",
            "document",
            "document/",
            "document/../x",
            "task/0192f0c1-0000-7000-8000-000000000000",
            "file/ABC",
            "file/../../etc/passwd",
        ] {
            assert!(wrong.parse::<What>().is_err(), "{wrong}");
        }
    }
}
