//! The error message of SDMX-ML 2.1.

use std::io::{self, Write};

use catalogue::Label;
use viet::Lang;

use super::structure::{COMMON, MESSAGE};
use crate::xml::Stream;

/// The media type of error messages.
pub const ERROR_TYPE: &str = "application/vnd.sdmx.error+xml;version=2.1";

/// What went wrong, by the codes of the standard's web services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Nothing matches.
    NoResults,
    /// It takes an account, or another one.
    Unauthorized,
    /// The address or a parameter is not understood.
    Syntax,
    /// It is understood and goes against a rule.
    Semantic,
    /// The server failed.
    Internal,
    /// It is understood and not served.
    NotImplemented,
    /// Not now.
    Unavailable,
    /// What was sent is too large.
    TooLarge,
}

impl ErrorCode {
    /// Its number.
    pub fn number(self) -> u16 {
        match self {
            ErrorCode::NoResults => 100,
            ErrorCode::Unauthorized => 110,
            ErrorCode::TooLarge => 130,
            ErrorCode::Syntax => 140,
            ErrorCode::Semantic => 150,
            ErrorCode::Internal => 500,
            ErrorCode::NotImplemented => 501,
            ErrorCode::Unavailable => 503,
        }
    }
}

/// Writes an error message.
///
/// # Errors
/// When the place it goes to fails.
pub fn write<W: Write>(out: W, code: ErrorCode, said: &Label) -> io::Result<W> {
    let mut xml = Stream::begin(out)?;
    xml.open(
        "mes:Error",
        &[("xmlns:mes", MESSAGE), ("xmlns:com", COMMON)],
    )?;
    let number = code.number().to_string();
    xml.open("mes:ErrorMessage", &[("code", &number)])?;
    for lang in [Lang::En, Lang::Vi] {
        xml.leaf("com:Text", &[("xml:lang", lang.code())], said.get(lang))?;
    }
    xml.end()
}
