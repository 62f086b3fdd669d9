//! Rows read by a mapping.

use catalogue::{Label, Stage};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Lang, Period, date, fold};

use super::mapping::{BadMapping, Mapping, Role};
use super::period;
use crate::amount::{self, Amount, Misread};
use crate::cell::{Address, CellFault};
use crate::workbook::{formula_reason, formula_remedy};
use crate::xlsx::Value;

/// The figures of a row, or what is wrong with its cells.
pub type Row = Result<Vec<Record>, Vec<CellFault>>;

/// A text and where it was found; nowhere when it holds for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The text.
    pub text: String,
    /// The cell.
    pub at: Option<Address>,
}

/// A figure of a table, before indicator and area are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The cell of the value.
    pub at: Address,
    /// What names the indicator.
    pub indicator: Found,
    /// What names the area.
    pub area: Found,
    /// The period.
    pub period: Period,
    /// The value, or that there is none.
    pub amount: Amount,
    /// What stands above the line of a ratio.
    pub numerator: Option<Decimal>,
    /// What stands below it.
    pub denominator: Option<Decimal>,
    /// How far the figure has come.
    pub stage: Option<Stage>,
    /// Where it was read.
    pub source: Option<String>,
    /// The day on which it was published.
    pub vintage: Option<Date>,
    /// By which breakdowns it is a part: heading and cell.
    pub disaggregation: Vec<(String, String)>,
    /// Address or name of what shows it.
    pub evidence: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

/// A cell of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    /// Of a text file.
    Text(&'a str),
    /// Of a workbook.
    Value(&'a Value),
    /// One of the lower cells of a merged region, with the value of the region.
    Merged(&'a Value),
}

impl Cell<'_> {
    fn text(self) -> Result<String, CellProblem> {
        match self {
            Cell::Value(Value::Formula) | Cell::Merged(Value::Formula) => Err(CellProblem::Formula),
            Cell::Text(text) => Ok(text.trim().to_owned()),
            Cell::Value(value) | Cell::Merged(value) => Ok(value.shown().trim().to_owned()),
        }
    }
}

enum CellProblem {
    Formula,
    Misread(Misread),
    Merged,
    Other(Label, Label),
}

/// Reads rows by a mapping that was checked.
#[derive(Debug, Clone)]
pub struct Reader {
    mapping: Mapping,
}

impl Reader {
    /// A reader by a mapping.
    ///
    /// # Errors
    /// When the mapping does not say what is needed.
    pub fn new(mapping: Mapping) -> Result<Self, BadMapping> {
        mapping.check()?;
        Ok(Self { mapping })
    }

    /// The figures of a row: one, or as many as it has columns for periods. Rows without a value in any
    /// column give none.
    pub(super) fn row<'a>(&self, row: u32, cell: impl Fn(u16) -> Option<Cell<'a>>) -> Row {
        Reading {
            mapping: &self.mapping,
            row,
            cell,
            faults: Vec::new(),
        }
        .read()
    }
}

struct Reading<'m, F> {
    mapping: &'m Mapping,
    row: u32,
    cell: F,
    faults: Vec<CellFault>,
}

impl<'a, F: Fn(u16) -> Option<Cell<'a>>> Reading<'_, F> {
    fn read(mut self) -> Row {
        let values = self.values();
        if values
            .iter()
            .all(|(_, _, amount)| *amount == Some(Amount::Blank))
        {
            return Ok(Vec::new());
        }
        let mapping = self.mapping;
        let fixed = &mapping.fixed;
        let indicator = self.found(&Role::Indicator, fixed.indicator.as_deref());
        let area = self.found(&Role::Area, fixed.area.as_deref());
        let own = self.period();
        let own = own.or(fixed.period);
        let record = Record {
            at: Address::new(self.row, 0),
            indicator,
            area,
            period: own.unwrap_or(Period::Year(0)),
            amount: Amount::Blank,
            numerator: self.part(&Role::Numerator),
            denominator: self.part(&Role::Denominator),
            stage: self.stage().or(fixed.stage),
            source: self.words(&Role::Source).or_else(|| fixed.source.clone()),
            vintage: self.vintage().or(fixed.vintage),
            disaggregation: self.disaggregation(),
            evidence: self.words(&Role::Evidence),
            note: self.words(&Role::Note),
        };
        let mut records = Vec::with_capacity(values.len());
        for (column, period, amount) in values {
            let Some(period) = period.or(own) else {
                self.missing_period();
                continue;
            };
            match amount {
                Some(Amount::Blank) | None => {}
                Some(amount) => records.push(Record {
                    at: Address::new(self.row, column),
                    period,
                    amount,
                    ..record.clone()
                }),
            }
        }
        match self.faults.is_empty() {
            true => Ok(records),
            false => Err(self.faults),
        }
    }

    /// The period of the row, put together from all columns that say a part of it, the year last.
    fn period(&mut self) -> Option<Period> {
        let mapping = self.mapping;
        let (mut words, mut year, mut first) = (Vec::new(), None, None);
        for (at, column) in (0u16..).zip(&mapping.columns) {
            if column.role != Some(Role::Period) {
                continue;
            }
            let Some(text) = self.cell_words(at) else {
                continue;
            };
            first.get_or_insert(at);
            match column.is_year() {
                true => year = Some(text),
                false => words.push(column.period_words(&text)),
            }
        }
        let at = first?;
        words.extend(year);
        let read = period::read(&words.join(" "));
        if read.is_none() {
            let remedy = Label::new(
                "Ví dụ: 2026, Quý III/2026, tháng 10/2026.",
                "For example: 2026, Q3/2026, 10/2026.",
            );
            let reason = Label::new("Không phải kỳ số liệu.", "Not a period.");
            self.fault(at, CellProblem::Other(reason, remedy));
        }
        read
    }

    /// The text of a cell, where there is one.
    fn cell_words(&mut self, at: u16) -> Option<String> {
        match (self.cell)(at)?.text() {
            Ok(text) => Some(fold::nfc(&text)).filter(|text| !text.is_empty()),
            Err(problem) => {
                self.fault(at, problem);
                None
            }
        }
    }

    /// The columns of values, their periods and what they say; none where a cell is at fault.
    fn values(&mut self) -> Vec<(u16, Option<Period>, Option<Amount>)> {
        let mut values = Vec::new();
        let mapping = self.mapping;
        for (at, column) in (0u16..).zip(&mapping.columns) {
            let period = match column.role {
                Some(Role::Value) => None,
                Some(Role::ValueFor(period)) => Some(period),
                _ => continue,
            };
            values.push((at, period, self.amount(at)));
        }
        values
    }

    fn amount(&mut self, at: u16) -> Option<Amount> {
        let read = match (self.cell)(at) {
            None => Ok(Amount::Blank),
            Some(Cell::Merged(_)) => Err(CellProblem::Merged),
            Some(Cell::Text(text)) => {
                amount::read(text, self.mapping.notation).map_err(CellProblem::Misread)
            }
            Some(Cell::Value(value)) => match value {
                Value::Number(number) => Ok(Amount::Value(*number)),
                Value::Text(text) => {
                    amount::read(text, self.mapping.notation).map_err(CellProblem::Misread)
                }
                Value::Date(_) => Err(CellProblem::Misread(Misread::Date)),
                Value::Formula => Err(CellProblem::Formula),
                Value::Truth(_) | Value::Error(_) => Err(CellProblem::Misread(Misread::NotANumber)),
            },
        };
        read.map_err(|problem| self.fault(at, problem)).ok()
    }

    fn column(&self, role: &Role) -> Option<u16> {
        let at = self
            .mapping
            .columns
            .iter()
            .position(|c| c.role.as_ref() == Some(role))?;
        u16::try_from(at).ok()
    }

    /// What the one column of a role says, where it says something.
    fn one<T>(
        &mut self,
        role: &Role,
        read: impl Fn(Cell<'a>) -> Result<Option<T>, CellProblem>,
    ) -> Option<T> {
        let at = self.column(role)?;
        let cell = (self.cell)(at)?;
        if matches!(cell, Cell::Text(text) if text.trim().is_empty()) {
            return None;
        }
        match read(cell) {
            Ok(said) => said,
            Err(problem) => {
                self.fault(at, problem);
                None
            }
        }
    }

    fn words(&mut self, role: &Role) -> Option<String> {
        let at = self.column(role)?;
        self.cell_words(at)
    }

    /// What must be said, by a column or for all rows.
    fn found(&mut self, role: &Role, fixed: Option<&str>) -> Found {
        let before = self.faults.len();
        let at = self.column(role);
        if let Some(text) = self.words(role) {
            let at = at.map(|at| Address::new(self.row, at));
            return Found { text, at };
        }
        if let (Some(at), None, true) = (at, fixed, self.faults.len() == before) {
            let reason = Label::new("Ô trống.", "The cell is empty.");
            let remedy = Label::new("Nhập tên hoặc mã.", "Enter a name or code.");
            self.fault(at, CellProblem::Other(reason, remedy));
        }
        Found {
            text: fixed.unwrap_or("").to_owned(),
            at: None,
        }
    }

    fn missing_period(&mut self) {
        let at = self.column(&Role::Period).unwrap_or(0);
        if !self
            .faults
            .iter()
            .any(|fault| fault.at == Address::new(self.row, at))
        {
            let reason = Label::new("Thiếu kỳ số liệu.", "The period is missing.");
            let remedy = Label::new("Nhập kỳ, ví dụ Quý III/2026.", "Enter it, such as Q3/2026.");
            self.fault(at, CellProblem::Other(reason, remedy));
        }
    }

    fn part(&mut self, role: &Role) -> Option<Decimal> {
        let at = self.column(role)?;
        match self.amount(at)? {
            Amount::Value(number) => Some(number),
            _ => None,
        }
    }

    fn stage(&mut self) -> Option<Stage> {
        self.one(&Role::Stage, |cell| {
            let said = fold::fold(&cell.text()?);
            let known = |s: &Stage| {
                let names = [s.label(Lang::Vi), s.label(Lang::En), s.word()];
                names.iter().any(|name| fold::fold(name) == said)
            };
            Stage::ALL.into_iter().find(known).map(Some).ok_or_else(|| {
                let (vi, en) = (Lang::Vi, Lang::En);
                let names = |lang| Stage::ALL.map(|s| s.label(lang)).join(", ");
                CellProblem::Other(
                    Label::new("Không có loại số liệu này.", "There is no such stage."),
                    Label::new(
                        format!("Một trong: {}.", names(vi)),
                        format!("One of: {}.", names(en)),
                    ),
                )
            })
        })
    }

    fn vintage(&mut self) -> Option<Date> {
        self.one(&Role::Vintage, |cell| {
            let text = cell.text()?;
            let day = text.parse().ok().or_else(|| date::parse(&text));
            day.map(Some).ok_or(CellProblem::Other(
                Label::new("Không phải ngày.", "Not a day."),
                Label::new("Ví dụ: 31/10/2026.", "For example: 31/10/2026."),
            ))
        })
    }

    fn disaggregation(&mut self) -> Vec<(String, String)> {
        let mut parts = Vec::new();
        let mapping = self.mapping;
        for column in &mapping.columns {
            if let Some(role @ Role::Disaggregation(by)) = &column.role
                && let Some(text) = self.words(role)
            {
                parts.push((by.clone(), text));
            }
        }
        parts
    }

    fn fault(&mut self, at: u16, problem: CellProblem) {
        let (reason, remedy) = match problem {
            CellProblem::Formula => (formula_reason(), formula_remedy()),
            CellProblem::Misread(misread) => (misread.reason(), misread.remedy()),
            CellProblem::Merged => (
                Label::new(
                    "Ô giá trị bị gộp với ô khác.",
                    "The cell of the value is merged with another.",
                ),
                Label::new(
                    "Bỏ gộp ô, nhập từng ô.",
                    "Split them and fill in each cell.",
                ),
            ),
            CellProblem::Other(reason, remedy) => (reason, remedy),
        };
        let found = match (self.cell)(at) {
            None => String::new(),
            Some(Cell::Text(text)) => text.to_owned(),
            Some(Cell::Value(value) | Cell::Merged(value)) => value.shown(),
        };
        self.faults.push(CellFault::new(
            Address::new(self.row, at),
            &found,
            reason,
            remedy,
        ));
    }
}
