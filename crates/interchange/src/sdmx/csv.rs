//! SDMX-CSV 1.0 and 2.0.
//!
//! Not for spreadsheets: no byte-order mark and no apostrophe before what looks like a formula, because
//! machines read it and would take them for data.

use std::collections::HashSet;
use std::io::{self, Read, Write};

use ::csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};
use catalogue::Label;
use rust_decimal::Decimal;

use super::data::{DataFormat, Detail, Options, fitting};
use super::{Action, Code, Observation, Structure, TIME, VALUE, period};
use crate::cell::{Address, CellFault};

/// A value that is missing. An empty cell says the same, but clients that take the column for numbers stumble
/// over it.
const MISSING: &str = "NaN";

pub(super) struct CsvWriter<'s, W: Write> {
    out: ::csv::Writer<W>,
    of: &'s Structure,
    /// What stands at the beginning of every row.
    lead: Vec<String>,
    second: bool,
    detail: Detail,
    series: Option<Vec<String>>,
    row: Vec<String>,
}

impl<'s, W: Write> CsvWriter<'s, W> {
    pub(super) fn begin(out: W, of: &'s Structure, options: Options) -> io::Result<Self> {
        let second = options.format == DataFormat::Csv2;
        let mut out = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        let first: &[&str] = match second {
            true => &["STRUCTURE", "STRUCTURE_ID", "ACTION"],
            false => &["DATAFLOW"],
        };
        let dimensions = of.dimensions.iter().map(|d| d.id.as_str());
        let attributes = of.attributes.iter().map(|a| a.id.as_str());
        let headings = first.iter().copied().chain(dimensions);
        out.write_record(headings.chain([TIME, VALUE]).chain(attributes))?;
        let mut writer = Self {
            out,
            of,
            lead: match second {
                true => vec!["dataflow".to_owned(), of.reference(), String::new()],
                false => vec![of.reference()],
            },
            second,
            detail: options.detail,
            series: None,
            row: Vec::new(),
        };
        writer.action(Action::Information);
        Ok(writer)
    }

    pub(super) fn action(&mut self, action: Action) {
        if self.second {
            let letter = match action {
                Action::Information => "I",
                Action::Append => "A",
                Action::Replace => "R",
                Action::Delete => "D",
            };
            letter.clone_into(&mut self.lead[2]);
        }
        self.series = None;
    }

    pub(super) fn push(&mut self, observation: &Observation) -> io::Result<()> {
        fitting(self.of, observation)?;
        let keys_alone = self.detail.keys_alone();
        if keys_alone && self.series.as_ref() == Some(&observation.key) {
            return Ok(());
        }
        if keys_alone {
            self.series = Some(observation.key.clone());
        }
        self.row.clear();
        self.row
            .extend(self.lead.iter().chain(&observation.key).cloned());
        let all = self.detail == Detail::Full;
        if keys_alone {
            self.row.extend([String::new(), String::new()]);
        } else {
            self.row.push(period::write(observation.time));
            let value = observation.value.map(|value| value.to_string());
            self.row.push(value.unwrap_or_else(|| MISSING.to_owned()));
        }
        let said = observation
            .attributes
            .iter()
            .map(|a| a.as_deref().filter(|_| all));
        self.row
            .extend(said.map(|said| said.unwrap_or_default().to_owned()));
        Ok(self.out.write_record(&self.row)?)
    }

    pub(super) fn end(self) -> io::Result<W> {
        self.out.into_inner().map_err(|e| e.into_error())
    }
}

/// Why a table is no SDMX-CSV of a structure.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The first columns are not those of the format.
    #[error("không phải SDMX-CSV: thiếu cột DATAFLOW hoặc STRUCTURE (is not SDMX-CSV)")]
    NotSdmx,
    /// A column that must be there.
    #[error("thiếu cột {0} (the column is missing)")]
    Missing(String),
    /// A column of no component.
    #[error(
        "cột {0:?} không có trong cấu trúc số liệu; hãy bỏ cột này (is no component of the structure)"
    )]
    Unknown(String),
    /// A column that stands twice.
    #[error("cột {0:?} lặp lại (the column stands twice)")]
    Twice(String),
    /// Not text, or not a table.
    #[error("không đọc được bảng CSV: {0} (the table cannot be read)")]
    Csv(#[from] ::csv::Error),
}

/// Longest row in bytes; a row with as many attributes as there may be stays far below.
const LONGEST_ROW: u64 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Structure,
    Reference,
    Action,
    Dimension(usize),
    Time,
    Value,
    Attribute(usize),
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 0; the headings are row 0.
    pub row: u32,
    /// What is to be done with it.
    pub action: Action,
    /// What it says.
    pub observation: Observation,
}

/// An SDMX-CSV file, read row by row.
pub struct CsvReader<'s, R: Read> {
    rows: ::csv::Reader<crate::bounded::Bounded<R>>,
    of: &'s Structure,
    columns: Vec<Column>,
    /// For each dimension its codes.
    codes: Vec<HashSet<&'s str>>,
    labelled: bool,
    record: StringRecord,
    row: u32,
}

impl<'s, R: Read> CsvReader<'s, R> {
    /// Begins with the headings; the version is told by them.
    ///
    /// # Errors
    /// When the columns are not those of the structure.
    pub fn begin(source: R, of: &'s Structure) -> Result<Self, CsvError> {
        let mut rows = ReaderBuilder::new()
            .flexible(true)
            .from_reader(crate::bounded::Bounded::new(source, LONGEST_ROW));
        let headings = rows.headers()?.clone();
        let first = headings.get(0).unwrap_or("").trim_start_matches('\u{feff}');
        if !matches!(bare(first), "DATAFLOW" | "STRUCTURE") {
            return Err(CsvError::NotSdmx);
        }
        let labelled = headings.iter().skip(1).any(|h| h.contains(':'));
        let mut columns = Vec::new();
        for heading in std::iter::once(first).chain(headings.iter().skip(1)) {
            let column = column(bare(heading), of)?;
            if columns.contains(&column) {
                return Err(CsvError::Twice(heading.to_owned()));
            }
            columns.push(column);
        }
        let dimensions = of.dimensions.iter().enumerate();
        let keys = dimensions.map(|(at, d)| (Column::Dimension(at), d.id.as_str()));
        for (column, name) in keys.chain([(Column::Time, TIME), (Column::Value, VALUE)]) {
            if !columns.contains(&column) {
                return Err(CsvError::Missing(name.to_owned()));
            }
        }
        Ok(Self {
            rows,
            of,
            columns,
            codes: of
                .dimensions
                .iter()
                .map(|d| d.codes.codes.iter().map(Code::id).collect())
                .collect(),
            labelled,
            record: StringRecord::new(),
            row: 0,
        })
    }

    /// The next row, or what is wrong with its cells; none at the end.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, Vec<CellFault>>>, CsvError> {
        self.rows.get_ref().begin_row();
        if !self.rows.read_record(&mut self.record)? {
            return Ok(None);
        }
        self.row += 1;
        Ok(Some(self.read_row()))
    }

    fn read_row(&self) -> Result<Row, Vec<CellFault>> {
        let mut faults = Vec::new();
        let mut action = Action::Append;
        let mut key = vec![String::new(); self.of.dimensions.len()];
        let mut attributes = vec![None; self.of.attributes.len()];
        let (mut time, mut value) = (None, None);
        if self.record.len() != self.columns.len() {
            return Err(vec![self.fault(
                0,
                Label::new(
                    format!(
                        "Dòng có {} ô, cần {}.",
                        self.record.len(),
                        self.columns.len()
                    ),
                    format!(
                        "The row has {} cells instead of {}.",
                        self.record.len(),
                        self.columns.len()
                    ),
                ),
                Label::new(
                    "Kiểm tra dấu phẩy và dấu ngoặc kép.",
                    "Check commas and quotes.",
                ),
            )]);
        }
        for (at, (column, cell)) in self.columns.iter().zip(&self.record).enumerate() {
            let code = if self.labelled { bare(cell) } else { cell };
            let good = match column {
                Column::Structure => {
                    matches!(cell, "dataflow" | "datastructure") || cell == self.of.reference()
                }
                Column::Reference => self.is_ours(code, cell),
                Column::Action => self.take_action(cell, &mut action),
                Column::Dimension(d) => {
                    code.clone_into(&mut key[*d]);
                    self.codes[*d].contains(code)
                }
                Column::Time => {
                    time = period::read(cell);
                    time.is_some()
                }
                Column::Value => match cell {
                    "" | MISSING => true,
                    number => {
                        value = Decimal::from_str_exact(number)
                            .or_else(|_| Decimal::from_scientific(number))
                            .ok();
                        value.is_some()
                    }
                },
                Column::Attribute(a) => {
                    attributes[*a] = (!cell.is_empty()).then(|| cell.to_owned());
                    true
                }
            };
            if !good {
                faults.push(self.explain(at, *column));
            }
        }
        match time {
            Some(time) if faults.is_empty() => Ok(Row {
                row: self.row,
                action,
                observation: Observation {
                    key,
                    time,
                    value,
                    attributes,
                },
            }),
            _ => Err(faults),
        }
    }

    /// Whether a row belongs to the flow or its structure.
    fn is_ours(&self, code: &str, cell: &str) -> bool {
        let dsd = format!(
            "{}:{}({})",
            self.of.agency(),
            self.of.dsd(),
            self.of.version()
        );
        [code, cell]
            .iter()
            .any(|said| *said == self.of.reference() || *said == dsd)
    }

    fn take_action(&self, cell: &str, action: &mut Action) -> bool {
        *action = match cell {
            "I" => Action::Information,
            "" | "A" | "M" => Action::Append,
            "R" => Action::Replace,
            "D" => Action::Delete,
            _ => return false,
        };
        true
    }

    fn fault(&self, at: usize, reason: Label, remedy: Label) -> CellFault {
        let column = u16::try_from(at).unwrap_or(u16::MAX);
        let found = self.record.get(at).unwrap_or("");
        CellFault::new(Address::new(self.row, column), found, reason, remedy)
    }

    fn explain(&self, at: usize, column: Column) -> CellFault {
        let known =
            |what: &str| Label::new(format!("Ví dụ: {what}."), format!("For example: {what}."));
        let (reason, remedy) = match column {
            Column::Structure | Column::Reference => (
                Label::new(
                    "Dòng thuộc luồng số liệu khác.",
                    "The row belongs to another flow.",
                ),
                known(&self.of.reference()),
            ),
            Column::Action => (
                Label::new("Không có thao tác này.", "There is no such action."),
                known("I, A, R, D"),
            ),
            Column::Dimension(d) => {
                let list = &self.of.dimensions[d].codes;
                let first = list.codes.first().map_or("", Code::id);
                (
                    Label::new(
                        format!("Mã không có trong danh mục {}.", list.id),
                        format!("The code is not in the list {}.", list.id),
                    ),
                    known(first),
                )
            }
            Column::Time => (
                Label::new("Không phải kỳ số liệu.", "Not a period."),
                known("2026, 2026-S1, 2026-Q3, 2026-10"),
            ),
            Column::Value | Column::Attribute(_) => (
                Label::new("Không phải là số.", "Not a number."),
                known("1234.5"),
            ),
        };
        self.fault(at, reason, remedy)
    }
}

/// What stands before the colon of `ID: name`; the reference of a flow holds a colon without a space.
fn bare(text: &str) -> &str {
    text.split_once(": ").map_or(text, |(id, _)| id).trim()
}

fn column(name: &str, of: &Structure) -> Result<Column, CsvError> {
    let dimension = of.dimensions.iter().position(|d| d.id.as_str() == name);
    let attribute = of.attributes.iter().position(|a| a.id.as_str() == name);
    Ok(match name {
        "DATAFLOW" | "STRUCTURE_ID" => Column::Reference,
        "STRUCTURE" => Column::Structure,
        "ACTION" => Column::Action,
        TIME => Column::Time,
        VALUE => Column::Value,
        _ => match (dimension, attribute) {
            (Some(at), _) => Column::Dimension(at),
            (_, Some(at)) => Column::Attribute(at),
            (None, None) => return Err(CsvError::Unknown(name.to_owned())),
        },
    })
}
