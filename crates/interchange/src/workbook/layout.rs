//! Where things stand in the workbook.

use std::fmt::Write;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Asked, Form};

/// The sheet with the figures.
pub const SHEET: &str = "Số liệu";
/// The sheet that tells how to fill it in.
pub(super) const GUIDE: &str = "Hướng dẫn";
/// The sheet that lists what is wrong.
pub(super) const FAULTS: &str = "Lỗi cần sửa";
/// The sheet with what was asked as data.
pub(super) const HIDDEN: &str = "_dotpha";
/// How the hidden sheet begins.
pub(super) const MARK: &str = "dotpha-form";

/// The row of the headings.
pub(super) const HEADINGS: u32 = 3;
/// The row of the first figure.
pub(super) const FIRST: u32 = 4;
/// Column of the number by which a row is recognised.
pub(super) const NUMBER: u16 = 0;
/// Column of the indicator.
pub(super) const INDICATOR: u16 = 1;
/// Column of the area.
pub(super) const AREA: u16 = 3;

/// Headings of the columns that are only read, and how wide they are.
pub(super) const FIXED: [(&str, f64); 8] = [
    ("TT", 5.0),
    ("Mã chỉ số", 18.0),
    ("Chỉ số", 44.0),
    ("Mã địa bàn", 15.0),
    ("Địa bàn", 20.0),
    ("Đơn vị tính", 14.0),
    ("Kỳ số liệu", 18.0),
    ("Giá trị kỳ trước", 16.0),
];

/// A cell of a row that is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The value.
    Value,
    /// What stands above the line of a ratio.
    Numerator,
    /// What stands below it.
    Denominator,
    /// How far the figure has come.
    Stage,
    /// Where it was read.
    Source,
    /// Address or name of what shows it.
    Evidence,
    /// What a reader must know.
    Note,
    /// That nothing arose.
    NothingArose,
}

impl Field {
    /// Every field, in the order of the columns.
    pub const ALL: [Field; 8] = [
        Field::Value,
        Field::Numerator,
        Field::Denominator,
        Field::Stage,
        Field::Source,
        Field::Evidence,
        Field::Note,
        Field::NothingArose,
    ];

    /// Its column, counted from 0.
    pub fn column(self) -> u16 {
        match self {
            Field::Value => 8,
            Field::Numerator => 9,
            Field::Denominator => 10,
            Field::Stage => 11,
            Field::Source => 12,
            Field::Evidence => 13,
            Field::Note => 14,
            Field::NothingArose => 15,
        }
    }

    /// The field of a column.
    pub fn of_column(column: u16) -> Option<Field> {
        Field::ALL.into_iter().find(|f| f.column() == column)
    }

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Field::Value => "Giá trị kỳ này",
            Field::Numerator => "Tử số",
            Field::Denominator => "Mẫu số",
            Field::Stage => "Loại số liệu",
            Field::Source => "Nguồn số liệu",
            Field::Evidence => "Minh chứng (liên kết hoặc số văn bản)",
            Field::Note => "Ghi chú",
            Field::NothingArose => "Không phát sinh (x)",
        }
    }

    pub(super) fn width(self) -> f64 {
        match self {
            Field::Value | Field::Numerator | Field::Denominator | Field::Stage => 16.0,
            Field::Source | Field::Evidence | Field::Note => 32.0,
            Field::NothingArose => 12.0,
        }
    }

    /// Whether the cell is filled in for a figure; parts only where the value is one over the other.
    pub(super) fn is_open(self, asked: &Asked) -> bool {
        !matches!(self, Field::Numerator | Field::Denominator) || asked.parts.is_some()
    }
}

/// The lines of the hidden sheet: first the form, then the figures asked.
pub(super) fn lines(form: &Form) -> Result<Vec<String>, serde_json::Error> {
    let mut lines = vec![line(form)?];
    for asked in &form.rows {
        lines.push(line(asked)?);
    }
    Ok(lines)
}

fn line(data: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(data)
}

/// SHA-256 over lines.
pub(super) fn checksum(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
