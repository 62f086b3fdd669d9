//! The workbook an organisation fills in: made from what is asked, read when it comes back, and sent again
//! with what is wrong marked in its cells.
//!
//! The sheet [`SHEET`] is for people. A hidden sheet carries what was asked as data with a checksum, so that
//! a workbook that comes back is understood without looking anything up, rows may have been sorted, and a
//! workbook of an older version is told from a damaged one. The checksum guards against accidents, not
//! against forgers: whoever takes the figures in checks that they were asked of the organisation.

mod layout;
mod read;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use catalogue::{Id, Plausible, Stage, Unit};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Period};

use crate::cell::{Address, CellFault};
use crate::xlsx::{BookError, Value};

pub use layout::{Field, SHEET};
pub use read::read;
pub(crate) use read::{formula_reason, formula_remedy};
pub use write::{MakeError, make, mark};

/// Version of the layout; a workbook of another is not read.
pub const VERSION: u32 = 1;

/// Most rows that one workbook asks for.
pub const MOST_ROWS: usize = 10_000;

/// What an organisation is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The organisation, as its keeper identifies it.
    pub organisation: String,
    /// Its name.
    pub organisation_name: String,
    /// What the workbook is called.
    pub title: String,
    /// The day it was made.
    pub issued: Date,
    /// By when it should be back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Date>,
    /// The figures asked, in the order of the rows.
    #[serde(skip)]
    pub rows: Vec<Asked>,
}

/// One figure asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The indicator.
    pub indicator: Id,
    /// The area.
    pub area: AreaKey,
    /// The period.
    pub period: Period,
    /// Name of the indicator.
    pub name: String,
    /// Name of the area.
    pub area_name: String,
    /// The unit of the value.
    pub unit: Unit,
    /// Decimals shown.
    pub decimals: u32,
    /// Values outside are questioned on entry, never refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<Plausible>,
    /// Names of numerator and denominator, where the value is one over the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// The value of the period before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Last>,
}

/// What stands above and below the line of a ratio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Above.
    pub numerator: String,
    /// Below.
    pub denominator: String,
}

/// The value of an earlier period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Which period.
    pub period: Period,
    /// Its value.
    pub value: Decimal,
}

/// What an organisation answers in one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Blank,
    /// What is counted did not occur.
    NothingArose {
        /// What a reader must know.
        note: Option<String>,
    },
    /// A figure.
    Figure(Given),
}

/// A figure as given in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The value in the unit of the row.
    pub value: Decimal,
    /// What stands above the line.
    pub numerator: Option<Decimal>,
    /// What stands below it.
    pub denominator: Option<Decimal>,
    /// How far the figure has come.
    pub stage: Stage,
    /// Where it was read.
    pub source: Option<String>,
    /// Address or name of what shows it.
    pub evidence: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

/// A workbook that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    /// What was asked.
    pub form: Form,
    /// The rows that were found, in the order of the form.
    pub rows: Vec<ReturnedRow>,
    /// What is wrong with its cells.
    pub faults: Vec<CellFault>,
}

/// A row that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnedRow {
    /// Which of the figures asked.
    pub asked: usize,
    /// In which row of the sheet it stands, from 0.
    pub row: u32,
    /// What stands in its cells.
    pub cells: BTreeMap<Field, Value>,
    /// What that means; none when one of the cells is at fault.
    pub answer: Option<Answer>,
}

impl ReturnedRow {
    /// The address of one of its cells, for a fault found later.
    pub fn at(&self, field: Field) -> Address {
        Address::new(self.row, field.column())
    }
}

/// Why a file is not taken for one of our workbooks.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// It was not made by us.
    #[error(
        "không phải biểu do hệ thống lập; hãy tải lại biểu, hoặc nhập tệp này ở mục bảng số liệu (not a workbook made here)"
    )]
    NotOurs,
    /// It is of another version.
    #[error(
        "biểu thuộc phiên bản {0:?}; hãy tải biểu mới và chép số liệu sang (another version; expected {VERSION})"
    )]
    OtherVersion(String),
    /// What was asked was changed or lost.
    #[error(
        "phần dữ liệu ẩn của biểu đã bị sửa hoặc mất; hãy tải lại biểu và chép số liệu sang (the hidden sheet was changed)"
    )]
    Altered,
}
