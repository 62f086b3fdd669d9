//! From a file to rows of figures; what cannot be understood is told by its cell.

use std::collections::HashMap;
use std::io::Read;

use catalogue::{Label, Stage};
use interchange::amount::Amount;
use interchange::cell::{Address, CellFault};
use interchange::sdmx::csv::CsvReader;
use interchange::sdmx::{Action, Structure, house};
use interchange::table::csv::{Csv, TableError};
use interchange::table::sheet::Sheet;
use interchange::table::{Found, Mapping, Reader, Record, Role};
use interchange::workbook::{self, Answer, Field, Returned};
use interchange::xlsx::{Book, Limits};
use jiff::civil::Date;
use observation::{BatchRow, Figure, SeriesKey};
use rust_decimal::Decimal;

use super::names::{Names, Unknown};

/// One row of a file that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The cell of the value.
    pub at: Address,
    /// The figure; its source is empty where the row names none.
    pub row: BatchRow,
}

/// What came of one row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// Figures: one, or as many as the row has columns for periods.
    Lines(Vec<Line>),
    /// What is wrong with its cells.
    Faults(Vec<CellFault>),
}

/// In which columns a file says what, for faults found later; by field of a figure.
pub type Places = HashMap<&'static str, u16>;

/// What holds for a whole file.
pub struct Given<'a> {
    /// The names in force.
    pub names: &'a Names<'a>,
    /// The day on which the file was sent: that of publication where no row says one.
    pub day: Date,
}

/// Why a file is not read on, in Vietnamese and English.
pub type Unread = Box<dyn std::error::Error + Send + Sync>;

/// The words of a figure that nothing arose.
const NOTHING: &str = "Không phát sinh";

impl Given<'_> {
    /// Reads a workbook of ours that came back.
    pub fn workbook(&self, returned: &Returned, take: &mut dyn FnMut(Out)) -> Places {
        for fault in &returned.faults {
            take(Out::Faults(vec![fault.clone()]));
        }
        for row in &returned.rows {
            let asked = &returned.form.rows[row.asked];
            let at = row.at(Field::Value);
            let key = SeriesKey::new(asked.indicator.clone(), asked.area);
            let (value, given) = match &row.answer {
                None | Some(Answer::Blank) => continue,
                Some(Answer::NothingArose { note }) => {
                    let Some(value) = nothing_arose(asked.unit.is_additive()) else {
                        take(Out::Faults(vec![no_zero(row.at(Field::NothingArose))]));
                        continue;
                    };
                    (
                        value,
                        (
                            None,
                            None,
                            Stage::Reported,
                            None,
                            None,
                            nothing_note(note.as_deref()),
                        ),
                    )
                }
                Some(Answer::Figure(given)) => {
                    let words = (given.source.clone(), given.evidence.clone());
                    let parts = (given.numerator, given.denominator);
                    (
                        given.value,
                        (
                            parts.0,
                            parts.1,
                            given.stage,
                            words.0,
                            words.1,
                            given.note.clone(),
                        ),
                    )
                }
            };
            let (numerator, denominator, stage, source, evidence, note) = given;
            let (source, source_url) = shown_by(source, evidence);
            let figure = Figure {
                period: asked.period,
                value,
                numerator,
                denominator,
                stage,
                vintage: self.day,
                source,
                source_url,
                method: None,
                note,
            };
            take(Out::Lines(vec![Line {
                at,
                row: BatchRow { key, figure },
            }]));
        }
        let fixed = [("indicator", 1), ("area", 3), ("period", 6)];
        let open = [
            ("value", Field::Value),
            ("numerator", Field::Numerator),
            ("denominator", Field::Denominator),
            ("stage", Field::Stage),
            ("source", Field::Source),
            ("source_url", Field::Evidence),
        ];
        let open = open.map(|(name, field)| (name, field.column()));
        fixed.into_iter().chain(open).collect()
    }

    /// Reads a sheet by a mapping.
    ///
    /// # Errors
    /// When the mapping does not say what is needed.
    pub fn sheet(
        &self,
        sheet: &Sheet,
        mapping: &Mapping,
        take: &mut dyn FnMut(Out),
    ) -> Result<Places, Unread> {
        let reader = Reader::new(mapping.clone())?;
        for row in sheet.rows(&reader) {
            take(self.record_row(row));
        }
        Ok(places(mapping))
    }

    /// Reads a text table by a mapping, row by row; stops early when `take` says so.
    ///
    /// # Errors
    /// When the mapping does not say what is needed, or the rest of the table cannot be read.
    pub fn table(
        &self,
        source: impl Read,
        mapping: &Mapping,
        take: &mut dyn FnMut(Out),
    ) -> Result<Places, Unread> {
        let reader = Reader::new(mapping.clone())?;
        let mut table = Csv::open(source)?;
        while let Some(row) = table.next_row(&reader)? {
            take(self.record_row(row));
        }
        Ok(places(mapping))
    }

    /// Reads SDMX-CSV of our structure.
    ///
    /// # Errors
    /// When its columns are not those of the structure, or the rest cannot be read.
    pub fn sdmx(
        &self,
        source: impl Read,
        structure: &Structure,
        take: &mut dyn FnMut(Out),
    ) -> Result<Places, Unread> {
        let mut rows = CsvReader::begin(source, structure)?;
        while let Some(row) = rows.next_row()? {
            take(match row {
                Ok(row) => self.sdmx_row(&row),
                Err(faults) => Out::Faults(faults),
            });
        }
        Ok(Places::new())
    }

    fn record_row(&self, row: interchange::table::Row) -> Out {
        let records = match row {
            Ok(records) => records,
            Err(faults) => return Out::Faults(faults),
        };
        let (mut lines, mut faults) = (Vec::with_capacity(records.len()), Vec::new());
        for record in records {
            lines.extend(self.line(record, &mut faults));
        }
        match faults.is_empty() {
            true => Out::Lines(lines),
            false => Out::Faults(faults),
        }
    }

    /// The figure of a record; none where its cell says that no figure was collected.
    fn line(&self, record: Record, faults: &mut Vec<CellFault>) -> Option<Line> {
        let at = record.at;
        let before = faults.len();
        let mut known = |found: &Found, unknown: Unknown| {
            let (reason, remedy) = unknown;
            let cell = found.at.unwrap_or(at);
            faults.push(CellFault::new(cell, &found.text, reason, remedy));
        };
        let indicator = self.names.indicator(&record.indicator.text);
        let indicator = indicator.map_err(|u| known(&record.indicator, u)).ok();
        let area = self.names.area(&record.area.text, record.period);
        let area = area.map_err(|u| known(&record.area, u)).ok();
        if let Some((by, part)) = record.disaggregation.first() {
            faults.push(is_part(at, by, part));
        }
        let (indicator, area) = (indicator?, area?);
        let (value, note) = match record.amount {
            Amount::Value(value) => (value, record.note),
            Amount::NothingArose => match nothing_arose(self.names.is_additive(&indicator)) {
                Some(value) => (value, nothing_note(record.note.as_deref())),
                None => {
                    faults.push(no_zero(at));
                    return None;
                }
            },
            Amount::Blank | Amount::NotCollected => return None,
        };
        if faults.len() > before {
            return None;
        }
        let (source, source_url) = shown_by(record.source, record.evidence);
        let figure = Figure {
            period: record.period,
            value,
            numerator: record.numerator,
            denominator: record.denominator,
            stage: record.stage.unwrap_or(Stage::Reported),
            vintage: record.vintage.unwrap_or(self.day),
            source,
            source_url,
            method: None,
            note,
        };
        let key = SeriesKey::new(indicator, area);
        Some(Line {
            at,
            row: BatchRow { key, figure },
        })
    }

    fn sdmx_row(&self, row: &interchange::sdmx::csv::Row) -> Out {
        let at = Address::new(row.row, 0);
        let fault = |found: &str, reason: Label, remedy: Label| {
            Out::Faults(vec![CellFault::new(at, found, reason, remedy)])
        };
        if row.action == Action::Delete {
            return fault(
                "D",
                Label::new(
                    "Dòng yêu cầu xoá số liệu.",
                    "The row asks to delete a figure.",
                ),
                Label::new(
                    "Rút số liệu ở trang của nó, có ghi lý do; bỏ dòng này.",
                    "Withdraw the figure on its page, with the reason; leave the row out.",
                ),
            );
        }
        let incoming = match house::incoming(&row.observation) {
            Ok(incoming) => incoming,
            Err(component) => {
                return fault(
                    component,
                    Label::new(
                        format!("Thành phần {component} không hợp lệ."),
                        format!("The component {component} does not hold what it should."),
                    ),
                    Label::new("Sửa theo cấu trúc số liệu.", "Mend it by the structure."),
                );
            }
        };
        let Some(value) = incoming.value else {
            return Out::Lines(Vec::new());
        };
        let figure = Figure {
            period: incoming.period,
            value,
            numerator: incoming.numerator,
            denominator: incoming.denominator,
            stage: incoming.stage,
            vintage: incoming.vintage.unwrap_or(self.day),
            source: incoming.source.unwrap_or_default(),
            source_url: None,
            method: incoming.method,
            note: incoming.note,
        };
        let key = SeriesKey::new(incoming.indicator, incoming.area);
        Out::Lines(vec![Line {
            at,
            row: BatchRow { key, figure },
        }])
    }
}

/// In which columns a mapping looks for what.
pub fn places(mapping: &Mapping) -> Places {
    let mut places = Places::new();
    for (at, column) in (0u16..).zip(&mapping.columns) {
        let field = match &column.role {
            Some(Role::Indicator) => "indicator",
            Some(Role::Area) => "area",
            Some(Role::Period) => "period",
            Some(Role::Numerator) => "numerator",
            Some(Role::Denominator) => "denominator",
            Some(Role::Stage) => "stage",
            Some(Role::Source) => "source",
            Some(Role::Vintage) => "vintage",
            Some(Role::Evidence) => "source_url",
            _ => continue,
        };
        places.entry(field).or_insert(at);
    }
    places
}

/// A sum of nothing is zero; of a share of nothing nobody can say.
fn nothing_arose(is_additive: bool) -> Option<Decimal> {
    is_additive.then_some(Decimal::ZERO)
}

fn nothing_note(note: Option<&str>) -> Option<String> {
    Some(match note {
        Some(note) => format!("{NOTHING}. {note}"),
        None => NOTHING.to_owned(),
    })
}

fn no_zero(at: Address) -> CellFault {
    CellFault::new(
        at,
        "",
        Label::new(
            "Chỉ số này không phải số đếm hay số tiền nên «không phát sinh» không có giá trị.",
            "The indicator is no count and no amount, so “nothing arose” gives no value.",
        ),
        Label::new(
            "Ghi giá trị, hoặc để trống và giải thích ở kỳ sau.",
            "Enter a value, or leave the row empty.",
        ),
    )
}

fn is_part(at: Address, by: &str, part: &str) -> CellFault {
    CellFault::new(
        at,
        part,
        Label::new(
            format!("Dòng là số phân tổ theo «{by}», không phải số của cả chỉ số."),
            format!("The row is a part by “{by}” and not the whole of the indicator."),
        ),
        Label::new(
            "Chỉ giữ dòng tổng; nếu mọi dòng đều là tổng, chọn bỏ qua cột này.",
            "Keep the rows of the whole; if all are, choose to pass the column over.",
        ),
    )
}

/// Source and address from what a row says of both: evidence that is no address is named with the source.
fn shown_by(source: Option<String>, evidence: Option<String>) -> (String, Option<String>) {
    let is_url = |text: &String| text.starts_with("https://") || text.starts_with("http://");
    match (source, evidence) {
        (source, Some(url)) if is_url(&url) => (source.unwrap_or_default(), Some(url)),
        (Some(source), Some(paper)) => (format!("{source}; minh chứng: {paper}"), None),
        (None, Some(paper)) => (paper, None),
        (source, None) => (source.unwrap_or_default(), None),
    }
}

/// The headings of a table, what its columns seem to mean, and its first rows as they stand.
pub struct Sample {
    /// What the columns seem to mean.
    pub mapping: Mapping,
    /// The headings.
    pub headings: Vec<String>,
    /// The first rows below them, as they stand.
    pub first_rows: Vec<Vec<String>>,
}

/// Looks at a table. `sheet` names the sheet of a workbook; of a text the beginning is enough.
///
/// # Errors
/// When it is no table.
pub fn sample(content: &[u8], sheet: Option<&str>) -> Result<Sample, TableError> {
    let Some(name) = sheet else {
        return sample_of_text(content);
    };
    let sheet = Sheet::open(&mut Book::open(content, Limits::default())?, name, None)?;
    Ok(Sample {
        mapping: sheet.propose(),
        headings: sheet.headings().to_vec(),
        first_rows: sheet.first_rows(),
    })
}

/// Looks at a text table; no more of it is read than it takes.
///
/// # Errors
/// When it is no table.
pub fn sample_of_text(source: impl Read) -> Result<Sample, TableError> {
    let table = Csv::open(source)?;
    Ok(Sample {
        mapping: table.propose(),
        headings: table.headings().to_vec(),
        first_rows: table.first_rows().to_vec(),
    })
}

/// Opens a workbook of ours.
///
/// # Errors
/// When it is none, or damaged.
pub fn returned(content: &[u8]) -> Result<Returned, workbook::Unreadable> {
    workbook::read(content, Limits::default())
}
