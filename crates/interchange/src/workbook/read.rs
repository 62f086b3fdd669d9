//! A workbook that came back.

use std::collections::BTreeMap;

use catalogue::{Label, Stage, Unit};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use viet::{Lang, fold};

use super::layout::{self, AREA, FIRST, HIDDEN, INDICATOR, MARK, NUMBER, SHEET};
use super::{
    Answer, Asked, Field, Form, Given, MOST_ROWS, Returned, ReturnedRow, Unreadable, VERSION,
};
use crate::amount::{self, Amount, Misread};
use crate::cell::{Address, CellFault};
use crate::xlsx::{Book, Limits, Merged, Value};

type Cells = [(Address, Value)];

/// Reads a workbook made by [`make`](super::make()) and filled in. What is wrong with single cells is told
/// with their addresses; the rest is read all the same.
///
/// # Errors
/// When it is none of ours, of another version, damaged or too large.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Returned, Unreadable> {
    let mut book = Book::open(bytes, limits)?;
    let sheets = book.sheets();
    if ![HIDDEN, SHEET]
        .iter()
        .all(|name| sheets.iter().any(|s| s == name))
    {
        return Err(Unreadable::NotOurs);
    }
    let form = form(&book.cells(HIDDEN)?)?;
    let cells = book.cells(SHEET)?;
    let merged = book.merged(SHEET)?;
    let mut faults = Vec::new();
    let mut rows: BTreeMap<usize, ReturnedRow> = BTreeMap::new();
    let first = cells.partition_point(|(at, _)| at.row < FIRST);
    for row in cells[first..].chunk_by(|a, b| a.0.row == b.0.row) {
        let Some(place) = recognised(row, &form, &mut faults) else {
            continue;
        };
        let number = row[0].0.row;
        match rows.get(&place) {
            Some(before) => faults.push(double(number, before.row)),
            None => {
                let read = answered(place, row, &form.rows[place], &mut faults);
                rows.insert(place, read);
            }
        }
    }
    faults.extend(merged.iter().filter_map(in_the_way));
    let lost = (0..form.rows.len()).filter(|place| !rows.contains_key(place));
    faults.extend(lost.map(|place| missing(place, &form.rows[place])));
    faults.sort_by_key(|fault| fault.at);
    Ok(Returned {
        form,
        rows: rows.into_values().collect(),
        faults,
    })
}

/// What was asked, from the hidden sheet.
fn form(cells: &Cells) -> Result<Form, Unreadable> {
    let text = |row: u32, column: u16| {
        let at = cells.binary_search_by_key(&Address::new(row, column), |(at, _)| *at);
        match at.ok().map(|at| &cells[at].1) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        }
    };
    if text(0, 0) != Some(MARK) {
        return Err(Unreadable::NotOurs);
    }
    let version = text(0, 1).unwrap_or("");
    if version != VERSION.to_string() {
        return Err(Unreadable::OtherVersion(version.chars().take(20).collect()));
    }
    let lines: Vec<String> = (1u32..)
        .map_while(|row| text(row, 0).map(str::to_owned))
        .take(MOST_ROWS + 2)
        .collect();
    let unharmed = text(0, 2) == Some(layout::checksum(&lines).as_str());
    let (head, rows) = lines.split_first().ok_or(Unreadable::Altered)?;
    if !unharmed || rows.len() > MOST_ROWS {
        return Err(Unreadable::Altered);
    }
    let altered = |_| Unreadable::Altered;
    let mut form: Form = serde_json::from_str(head).map_err(altered)?;
    for line in rows {
        form.rows.push(serde_json::from_str(line).map_err(altered)?);
    }
    Ok(form)
}

/// Which of the figures asked a row answers. Rows may have been sorted, so their number is in them; a row
/// without anything to say is passed over.
fn recognised(row: &Cells, form: &Form, faults: &mut Vec<CellFault>) -> Option<usize> {
    let said = |column: u16| {
        row.iter()
            .find(|(at, _)| at.column == column)
            .map(|(_, v)| v)
    };
    let filled = row
        .iter()
        .find(|(at, _)| Field::of_column(at.column).is_some());
    let place = match said(NUMBER) {
        Some(Value::Number(number)) if number.fract().is_zero() => number
            .to_usize()
            .and_then(|n| n.checked_sub(1))
            .filter(|place| *place < form.rows.len()),
        _ => None,
    };
    let matches = |place: &usize| {
        let asked = &form.rows[*place];
        let is =
            |column, want: &str| matches!(said(column), Some(Value::Text(t)) if t.trim() == want);
        is(INDICATOR, asked.indicator.as_str()) && is(AREA, &asked.area.to_string())
    };
    match place.filter(matches) {
        Some(place) => Some(place),
        None => {
            let (at, value) = filled?;
            faults.push(CellFault::new(
                *at,
                &value.shown(),
                Label::new(
                    "Dòng này không có trong biểu, hoặc số thứ tự, mã chỉ số, mã địa bàn đã bị sửa.",
                    "The row is not part of the form, or its number, indicator or area was changed.",
                ),
                Label::new(
                    "Chép số liệu vào đúng dòng của biểu gốc.",
                    "Copy the figures into the row of the form they belong to.",
                ),
            ));
            None
        }
    }
}

fn double(row: u32, first: u32) -> CellFault {
    let first = u64::from(first) + 1;
    CellFault::new(
        Address::new(row, NUMBER),
        "",
        Label::new(
            format!("Dòng này lặp lại dòng {first}."),
            format!("The row repeats row {first}."),
        ),
        Label::new("Xoá dòng thừa.", "Delete the double."),
    )
}

fn missing(place: usize, asked: &Asked) -> CellFault {
    // A form has no more than MOST_ROWS rows.
    let row = FIRST + u32::try_from(place).unwrap_or(0);
    CellFault::new(
        Address::new(row, NUMBER),
        &asked.name,
        Label::new(
            format!("Thiếu dòng số {} của biểu.", place + 1),
            format!("Row number {} of the form is missing.", place + 1),
        ),
        Label::new(
            "Tải lại biểu và chép số liệu sang.",
            "Fetch the form again and copy the figures into it.",
        ),
    )
}

/// A merged region over cells that are filled in: the value would stand in the first alone.
fn in_the_way(region: &Merged) -> Option<CellFault> {
    let open = Field::ALL.map(Field::column);
    let touches = open
        .iter()
        .any(|c| (region.from.column..=region.to.column).contains(c));
    (touches && region.to.row >= FIRST).then(|| {
        CellFault::new(
            region.from,
            "",
            Label::new(
                format!("Các ô {}:{} bị gộp.", region.from, region.to),
                format!("The cells {}:{} are merged.", region.from, region.to),
            ),
            Label::new(
                "Bỏ gộp ô, nhập từng ô.",
                "Split them and fill in each cell.",
            ),
        )
    })
}

fn answered(place: usize, row: &Cells, asked: &Asked, faults: &mut Vec<CellFault>) -> ReturnedRow {
    let fields = row.iter().filter_map(|(at, value)| {
        let blank = matches!(value, Value::Text(text) if text.trim().is_empty());
        Field::of_column(at.column)
            .filter(|_| !blank)
            .map(|field| (field, value.clone()))
    });
    let mut read = ReturnedRow {
        asked: place,
        row: row[0].0.row,
        cells: fields.collect(),
        answer: None,
    };
    let before = faults.len();
    let answer = Row { read: &read, asked }.answer(faults);
    if faults.len() == before {
        read.answer = Some(answer);
    }
    read
}

/// A row while it is read.
struct Row<'a> {
    read: &'a ReturnedRow,
    asked: &'a Asked,
}

impl Row<'_> {
    fn answer(&self, faults: &mut Vec<CellFault>) -> Answer {
        let value = self.amount(Field::Value, faults);
        let numerator = self.amount(Field::Numerator, faults);
        let denominator = self.amount(Field::Denominator, faults);
        let stage = self.stage(faults);
        let [source, evidence, note] =
            [Field::Source, Field::Evidence, Field::Note].map(|field| self.text(field, faults));
        let ticked = self.nothing_arose(faults);
        let number = |amount: Amount| match amount {
            Amount::Value(number) => Some(number),
            _ => None,
        };
        if value == Amount::NothingArose || (ticked && number(value).is_none()) {
            return Answer::NothingArose { note };
        }
        let Some(value) = number(value) else {
            self.stray_parts(faults);
            return Answer::Blank;
        };
        if ticked {
            self.fault(
                Field::NothingArose,
                Label::new(
                    "Vừa có giá trị vừa đánh dấu không phát sinh.",
                    "There is a value and nothing is said to have arisen.",
                ),
                Label::new("Bỏ một trong hai.", "Leave one of them out."),
                faults,
            );
        }
        let Some(stage) = stage else {
            if !self.read.cells.contains_key(&Field::Stage) {
                self.fault(
                    Field::Stage,
                    Label::new("Chưa chọn loại số liệu.", "The stage is missing."),
                    Label::new("Chọn trong danh sách.", "Choose one of the list."),
                    faults,
                );
            }
            return Answer::Blank;
        };
        Answer::Figure(Given {
            value,
            numerator: number(numerator),
            denominator: number(denominator),
            stage,
            source,
            evidence,
            note,
        })
    }

    fn fault(&self, field: Field, reason: Label, remedy: Label, faults: &mut Vec<CellFault>) {
        let found = self
            .read
            .cells
            .get(&field)
            .map(Value::shown)
            .unwrap_or_default();
        faults.push(CellFault::new(self.read.at(field), &found, reason, remedy));
    }

    fn amount(&self, field: Field, faults: &mut Vec<CellFault>) -> Amount {
        let yes_no = field == Field::Value && self.asked.unit == Unit::YesNo;
        let read = match self.read.cells.get(&field) {
            None => return Amount::Blank,
            Some(Value::Number(number)) => Ok(Amount::Value(*number)),
            Some(Value::Truth(truth)) if yes_no => Ok(truth_value(*truth)),
            Some(Value::Text(text)) if yes_no && fold::fold(text.trim()) == "co" => {
                Ok(truth_value(true))
            }
            Some(Value::Text(text)) if yes_no && fold::fold(text.trim()) == "khong" => {
                Ok(truth_value(false))
            }
            Some(Value::Text(text)) => amount::read(text, None),
            Some(Value::Date(_)) => Err(Misread::Date),
            Some(Value::Formula) => {
                self.formula(field, faults);
                return Amount::Blank;
            }
            Some(Value::Truth(_) | Value::Error(_)) => Err(Misread::NotANumber),
        };
        read.unwrap_or_else(|misread| {
            self.fault(field, misread.reason(), misread.remedy(), faults);
            Amount::Blank
        })
    }

    fn formula(&self, field: Field, faults: &mut Vec<CellFault>) {
        self.fault(field, formula_reason(), formula_remedy(), faults);
    }

    fn text(&self, field: Field, faults: &mut Vec<CellFault>) -> Option<String> {
        match self.read.cells.get(&field)? {
            Value::Formula => {
                self.formula(field, faults);
                None
            }
            value => Some(viet::fold::nfc(value.shown().trim())),
        }
    }

    fn stage(&self, faults: &mut Vec<CellFault>) -> Option<Stage> {
        let said = fold::fold(&self.text(Field::Stage, faults)?);
        let named = |stage: &Stage| {
            let names = [stage.label(Lang::Vi), stage.label(Lang::En), stage.word()];
            names.iter().any(|name| fold::fold(name) == said)
        };
        let stage = Stage::ALL.into_iter().find(named);
        if stage.is_none() {
            let names = Stage::ALL.map(|stage| stage.label(Lang::Vi)).join(", ");
            self.fault(
                Field::Stage,
                Label::new("Không có loại số liệu này.", "There is no such stage."),
                Label::new(
                    format!("Chọn một trong: {names}."),
                    format!("Choose one of: {names}."),
                ),
                faults,
            );
        }
        stage
    }

    fn nothing_arose(&self, faults: &mut Vec<CellFault>) -> bool {
        let yes = match self.read.cells.get(&Field::NothingArose) {
            None | Some(Value::Truth(false)) => return false,
            Some(Value::Truth(true)) => true,
            Some(Value::Text(text)) => matches!(fold::fold(text.trim()).as_str(), "x" | "co"),
            Some(Value::Number(number)) => *number == Decimal::ONE,
            Some(_) => false,
        };
        if !yes {
            self.fault(
                Field::NothingArose,
                Label::new("Ô này chỉ nhận x.", "The cell takes nothing but x."),
                Label::new(
                    "Nhập x nếu không phát sinh, nếu không để trống.",
                    "Enter x when nothing arose, else leave it empty.",
                ),
                faults,
            );
        }
        yes
    }

    /// Parts without the value they are parts of.
    fn stray_parts(&self, faults: &mut Vec<CellFault>) {
        if self.read.cells.contains_key(&Field::Value) {
            return;
        }
        let parts = [Field::Numerator, Field::Denominator];
        if let Some(field) = parts.into_iter().find(|f| self.read.cells.contains_key(f)) {
            self.fault(
                field,
                Label::new(
                    "Có tử số hoặc mẫu số nhưng thiếu giá trị.",
                    "There is a numerator or denominator and no value.",
                ),
                Label::new(
                    "Nhập giá trị của chỉ số.",
                    "Enter the value of the indicator.",
                ),
                faults,
            );
        }
    }
}

fn truth_value(truth: bool) -> Amount {
    Amount::Value(if truth { Decimal::ONE } else { Decimal::ZERO })
}

/// What is wrong with a formula: what it gives depends on what nobody sends along.
pub(crate) fn formula_reason() -> Label {
    Label::new("Ô chứa công thức.", "The cell holds a formula.")
}

/// What to do about it.
pub(crate) fn formula_remedy() -> Label {
    Label::new(
        "Chép ô rồi dán giá trị (Paste Special, Values).",
        "Copy the cell and paste its value (Paste Special, Values).",
    )
}
