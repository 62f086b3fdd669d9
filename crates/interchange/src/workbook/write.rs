//! The workbook made, empty or with what was filled in and what is wrong with it.

use std::collections::BTreeMap;

use catalogue::{Stage, Unit};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, Note, ProtectionOptions, Workbook, Worksheet,
    XlsxError,
};
use viet::{Lang, date};

use super::layout::{self, FAULTS, FIRST, FIXED, GUIDE, HEADINGS, HIDDEN, MARK, SHEET};
use super::{Asked, Field, Form, MOST_ROWS, Returned, VERSION};
use crate::cell::{Address, CellFault};
use crate::xlsx::Value;

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// More rows than one workbook takes.
    #[error(
        "{0} dòng, một biểu chỉ nhận {MOST_ROWS}; hãy chia nhỏ ({0} rows, a workbook takes {MOST_ROWS})"
    )]
    TooManyRows(usize),
    /// A text or number that no cell can hold.
    #[error("không lập được biểu: {0} (the workbook cannot be made)")]
    Sheet(#[from] XlsxError),
    /// What is asked cannot be written as data.
    #[error("không lập được biểu: {0} (what is asked cannot be written)")]
    Data(#[from] serde_json::Error),
}

/// What stands in the cells of the figures, by number of the figure.
type Filled<'a> = BTreeMap<(usize, Field), &'a Value>;

/// A workbook to be filled in. The same form gives the same bytes.
///
/// # Errors
/// Too many rows, or a text longer than a cell can hold.
pub fn make(form: &Form) -> Result<Vec<u8>, MakeError> {
    render(form, &Filled::new(), &[])
}

/// The same workbook again with what was filled in, rows in the order of the form, faulty cells coloured
/// and each explained by a note, and all faults listed on a sheet of their own.
///
/// # Errors
/// As [`make()`].
pub fn mark(returned: &Returned, faults: &[CellFault]) -> Result<Vec<u8>, MakeError> {
    let mut filled = Filled::new();
    let mut place = BTreeMap::new();
    for row in &returned.rows {
        place.insert(row.row, row.asked);
        filled.extend(
            row.cells
                .iter()
                .map(|(field, value)| ((row.asked, *field), value)),
        );
    }
    let moved: Vec<CellFault> = faults
        .iter()
        .map(|fault| {
            let row = place.get(&fault.at.row).map(|asked| row_of(*asked));
            let at = Address::new(row.unwrap_or(fault.at.row), fault.at.column);
            CellFault {
                at,
                ..fault.clone()
            }
        })
        .collect();
    render(&returned.form, &filled, &moved)
}

fn row_of(asked: usize) -> u32 {
    // No more than MOST_ROWS rows are written.
    FIRST + u32::try_from(asked).unwrap_or(u32::MAX - FIRST)
}

fn render(form: &Form, filled: &Filled<'_>, faults: &[CellFault]) -> Result<Vec<u8>, MakeError> {
    if form.rows.len() > MOST_ROWS {
        return Err(MakeError::TooManyRows(form.rows.len()));
    }
    let mut book = Workbook::new();
    let (year, month, day) = (form.issued.year(), form.issued.month(), form.issued.day());
    // Years before 1900 have no date in a workbook; nothing is issued then.
    let made = ExcelDateTime::from_ymd(
        u16::try_from(year).unwrap_or(1900),
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&form.title)
            .set_creation_datetime(&made),
    );
    figures(book.add_worksheet(), form, filled, faults)?;
    if !faults.is_empty() {
        fault_list(book.add_worksheet(), faults)?;
    }
    guide(book.add_worksheet(), form)?;
    hidden(book.add_worksheet(), form)?;
    Ok(book.save_to_buffer()?)
}

/// The formats of the sheet.
struct Look {
    heading: Format,
    locked: Format,
    closed: Format,
}

impl Look {
    fn new() -> Self {
        let cell = Format::new()
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        Self {
            heading: cell
                .clone()
                .set_bold()
                .set_background_color(Color::RGB(0xDCE6F1)),
            closed: cell.clone().set_background_color(Color::RGB(0xD9D9D9)),
            locked: cell.set_background_color(Color::RGB(0xF2F2F2)),
        }
    }

    /// A cell that is filled in, coloured when it is at fault.
    fn open(&self, number: Option<&str>, fault: bool, formula_like: bool) -> Format {
        let colour = if fault { 0xFFC7CE } else { 0xFFFFE5 };
        let mut format = Format::new()
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_background_color(Color::RGB(colour))
            .set_unlocked();
        if let Some(number) = number {
            format = format.set_num_format(number);
        }
        if formula_like {
            format = format.set_quote_prefix();
        }
        format
    }
}

fn figures(
    sheet: &mut Worksheet,
    form: &Form,
    filled: &Filled<'_>,
    faults: &[CellFault],
) -> Result<(), MakeError> {
    let look = Look::new();
    sheet.set_name(SHEET)?;
    sheet.write_string_with_format(
        0,
        0,
        &form.title,
        &Format::new().set_bold().set_font_size(14),
    )?;
    let mut under = format!("Đơn vị báo cáo: {}", form.organisation_name);
    if let Some(day) = form.deadline {
        under.push_str(&format!(". Thời hạn gửi: {}", date::format(day, Lang::Vi)));
    }
    sheet.write_string(1, 0, under)?;
    let hint = match faults.len() {
        0 => "Chỉ nhập vào các ô màu vàng nhạt; xem trang «Hướng dẫn».".to_owned(),
        n => format!("Có {n} lỗi: xem các ô tô đỏ và trang «{FAULTS}»."),
    };
    sheet.write_string(2, 0, hint)?;
    for (column, (heading, width)) in (0u16..).zip(FIXED) {
        sheet.write_string_with_format(HEADINGS, column, heading, &look.heading)?;
        sheet.set_column_width(column, width)?;
    }
    for field in Field::ALL {
        sheet.write_string_with_format(HEADINGS, field.column(), field.heading(), &look.heading)?;
        sheet.set_column_width(field.column(), field.width())?;
    }
    let mut at_fault: BTreeMap<Address, Vec<&CellFault>> = BTreeMap::new();
    for fault in faults {
        at_fault.entry(fault.at).or_default().push(fault);
    }
    for (index, asked) in form.rows.iter().enumerate() {
        fixed_cells(sheet, &look, index, asked)?;
        for field in Field::ALL {
            let at = Address::new(row_of(index), field.column());
            let value = filled.get(&(index, field)).copied();
            open_cell(
                sheet,
                &look,
                at,
                field,
                asked,
                value,
                at_fault.contains_key(&at),
            )?;
        }
    }
    for (at, faults) in &at_fault {
        sheet.insert_note(at.row, at.column, &note(faults))?;
    }
    sheet.set_freeze_panes(FIRST, 3)?;
    // On paper: A4 across, all columns on one page, the headings on each.
    sheet.set_landscape().set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADINGS, HEADINGS)?;
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::new()
    });
    Ok(())
}

fn fixed_cells(
    sheet: &mut Worksheet,
    look: &Look,
    index: usize,
    asked: &Asked,
) -> Result<(), XlsxError> {
    let row = row_of(index);
    let texts = [
        asked.indicator.to_string(),
        asked.name.clone(),
        asked.area.to_string(),
        asked.area_name.clone(),
        asked.unit.label(Lang::Vi).to_owned(),
        asked.period.label(Lang::Vi),
    ];
    sheet.write_number_with_format(
        row,
        layout::NUMBER,
        f64::from(row - FIRST + 1),
        &look.locked,
    )?;
    for (column, text) in (layout::INDICATOR..).zip(texts) {
        sheet.write_string_with_format(row, column, text, &look.locked)?;
    }
    let last = look
        .locked
        .clone()
        .set_num_format(number_format(asked.decimals));
    match asked
        .last
        .as_ref()
        .and_then(|last| Some((last, last.value.to_f64()?)))
    {
        Some((before, value)) => {
            sheet.write_number_with_format(row, 7, value, &last)?;
            let label = before.period.label(Lang::Vi);
            sheet.insert_note(row, 7, &plain_note(&format!("Số liệu {label}")))?;
        }
        None => {
            sheet.write_blank(row, 7, &last)?;
        }
    }
    Ok(())
}

fn open_cell(
    sheet: &mut Worksheet,
    look: &Look,
    at: Address,
    field: Field,
    asked: &Asked,
    value: Option<&Value>,
    fault: bool,
) -> Result<(), MakeError> {
    let open = field.is_open(asked);
    let number = match field {
        Field::Value => Some(number_format(asked.decimals)),
        Field::Numerator | Field::Denominator => Some("#,##0.######".to_owned()),
        _ => None,
    };
    let text = value
        .filter(|v| !matches!(v, Value::Number(_)))
        .map(Value::shown);
    let formula_like = text.as_deref().is_some_and(looks_like_formula);
    let format = match open || value.is_some() {
        true => look.open(number.as_deref(), fault, formula_like),
        false => look.closed.clone(),
    };
    match (value, &text) {
        (Some(Value::Number(number)), _) => match number.to_f64() {
            Some(number) => sheet.write_number_with_format(at.row, at.column, number, &format)?,
            None => {
                sheet.write_string_with_format(at.row, at.column, number.to_string(), &format)?
            }
        },
        (Some(Value::Truth(truth)), _) => {
            sheet.write_boolean_with_format(at.row, at.column, *truth, &format)?
        }
        (_, Some(text)) => sheet.write_string_with_format(at.row, at.column, text, &format)?,
        (_, None) => sheet.write_blank(at.row, at.column, &format)?,
    };
    if open && let Some(rule) = validation(field, asked)? {
        sheet.add_data_validation(at.row, at.column, at.row, at.column, &rule)?;
    }
    Ok(())
}

/// What spreadsheets take for a formula once it is edited.
fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn number_format(decimals: u32) -> String {
    match decimals {
        0 => "#,##0".to_owned(),
        n => format!("#,##0.{}", "0".repeat(n.min(15) as usize)),
    }
}

/// Beyond this no spreadsheet keeps whole numbers apart.
const LARGEST: f64 = 1e15;

fn validation(field: Field, asked: &Asked) -> Result<Option<DataValidation>, XlsxError> {
    let new = DataValidation::new;
    let any = || new().allow_decimal_number(DataValidationRule::Between(-LARGEST, LARGEST));
    let list = |words: &[&str]| new().allow_list_strings(words);
    Ok(Some(match field {
        Field::Value => value_validation(asked)?,
        Field::Numerator | Field::Denominator => {
            let names = asked.parts.as_ref().map(|parts| match field {
                Field::Numerator => parts.numerator.as_str(),
                _ => parts.denominator.as_str(),
            });
            let rule = any().set_error_message("Ô này chỉ nhận số.")?;
            rule.set_input_message(shortened(names.unwrap_or(""), 255))?
        }
        Field::Stage => {
            let words: Vec<&str> = Stage::ALL
                .iter()
                .map(|stage| stage.label(Lang::Vi))
                .collect();
            list(&words)?.set_error_message("Chọn một trong các loại số liệu của danh sách.")?
        }
        Field::NothingArose => list(&["x"])?.set_error_message("Chỉ nhập x, hoặc để trống.")?,
        Field::Source | Field::Evidence | Field::Note => return Ok(None),
    }))
}

/// What the unit excludes is refused; what the definition does not expect is asked back.
fn value_validation(asked: &Asked) -> Result<DataValidation, XlsxError> {
    use DataValidationRule::{Between, GreaterThanOrEqualTo};
    let new = DataValidation::new;
    let (rule, says) = match &asked.unit {
        Unit::YesNo => (
            new().allow_list_strings(&["Có", "Không"])?,
            "Chọn Có hoặc Không.",
        ),
        Unit::Count(_) => (
            new().allow_whole_number(GreaterThanOrEqualTo(0)),
            "Số lượng là số nguyên không âm.",
        ),
        Unit::Rank => (
            new().allow_whole_number(GreaterThanOrEqualTo(1)),
            "Thứ hạng là số nguyên từ 1.",
        ),
        Unit::LevelOf7 => (
            new().allow_whole_number(Between(0, 7)),
            "Cấp độ là số nguyên từ 0 đến 7.",
        ),
        Unit::Points => (
            new().allow_decimal_number(Between(0.0, 100.0)),
            "Điểm nằm trong khoảng 0 đến 100.",
        ),
        unit => {
            let range = asked
                .plausible
                .and_then(|p| Some((p.min.to_f64()?, p.max.to_f64()?)));
            if let Some((min, max)) = range {
                let rule = new()
                    .allow_decimal_number(Between(min, max))
                    .set_error_style(DataValidationErrorStyle::Warning)
                    .set_error_message("Giá trị nằm ngoài khoảng thường gặp. Hãy kiểm tra lại.")?;
                return described(rule, asked);
            }
            let least = match unit {
                Unit::Times | Unit::Per10kPeople => 0.0,
                _ => -LARGEST,
            };
            (
                new().allow_decimal_number(Between(least, LARGEST)),
                "Ô này chỉ nhận số.",
            )
        }
    };
    described(rule.set_error_message(says)?, asked)
}

fn described(rule: DataValidation, asked: &Asked) -> Result<DataValidation, XlsxError> {
    let unit = asked.unit.label(Lang::Vi);
    rule.set_input_title("Giá trị")?
        .set_input_message(shortened(&format!("{} ({unit})", asked.name), 255))
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Longest note; a spreadsheet shows no more at once.
const NOTE_SHOWN: usize = 1_000;

fn note(faults: &[&CellFault]) -> Note {
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.reason.vi, fault.remedy.vi))
        .collect();
    plain_note(&shortened(&lines.join("\n"), NOTE_SHOWN))
}

fn plain_note(text: &str) -> Note {
    Note::new(text).add_author_prefix(false).set_width(260)
}

fn fault_list(sheet: &mut Worksheet, faults: &[CellFault]) -> Result<(), MakeError> {
    let look = Look::new();
    sheet.set_name(FAULTS)?;
    let headings = [
        ("Ô", 10.0),
        ("Đang ghi", 30.0),
        ("Lỗi", 60.0),
        ("Cách sửa", 60.0),
    ];
    for (column, (heading, width)) in (0u16..).zip(headings) {
        sheet.write_string_with_format(0, column, heading, &look.heading)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, fault) in (1u32..).zip(faults) {
        let cells = [
            &fault.at.to_string(),
            &fault.found,
            &fault.reason.vi,
            &fault.remedy.vi,
        ];
        for (column, text) in (0u16..).zip(cells) {
            let format = match looks_like_formula(text) {
                true => look.locked.clone().set_quote_prefix(),
                false => look.locked.clone(),
            };
            sheet.write_string_with_format(row, column, text, &format)?;
        }
    }
    sheet.protect();
    Ok(())
}

/// How the workbook is filled in.
const GUIDANCE: [&str; 10] = [
    "1. Nhập số liệu ở trang «Số liệu», chỉ vào các ô màu vàng nhạt. Các ô khác được khoá.",
    "2. Mỗi dòng là một chỉ số của một địa bàn trong một kỳ. Không thêm, xoá hay gộp ô; có thể sắp xếp và lọc.",
    "3. Nhập số ở dạng số, theo đơn vị tính của dòng. Không nhập công thức: chép rồi dán giá trị.",
    "4. Chỉ số là tỷ lệ có thêm ô tử số và mẫu số; rê chuột vào ô để xem tên gọi của chúng.",
    "5. Loại số liệu: «báo cáo» là số đơn vị tự báo cáo; «ước thực hiện» là số ước trước khi hết kỳ; «sơ bộ» và «chính thức» là số đã công bố.",
    "6. Nguồn số liệu: tên báo cáo, văn bản hoặc hệ thống mà số liệu được lấy ra.",
    "7. Minh chứng: liên kết hoặc số, ký hiệu văn bản cho thấy số liệu đúng.",
    "8. Nếu trong kỳ không phát sinh, để trống ô giá trị và nhập x vào cột «Không phát sinh».",
    "9. Số nằm ngoài khoảng thường gặp vẫn nhận được; hãy giải thích ở cột «Ghi chú».",
    "10. Gửi lại tệp này, giữ nguyên định dạng .xlsx. Nếu có lỗi, tệp được trả lại với các ô lỗi tô đỏ và lời giải thích.",
];

fn guide(sheet: &mut Worksheet, form: &Form) -> Result<(), MakeError> {
    sheet.set_name(GUIDE)?;
    sheet.set_column_width(0, 110)?;
    sheet.write_string_with_format(
        0,
        0,
        &form.title,
        &Format::new().set_bold().set_font_size(14),
    )?;
    let wrapped = Format::new().set_text_wrap();
    for (row, line) in (2u32..).zip(GUIDANCE) {
        sheet.write_string_with_format(row, 0, line, &wrapped)?;
    }
    sheet.protect();
    Ok(())
}

fn hidden(sheet: &mut Worksheet, form: &Form) -> Result<(), MakeError> {
    let lines = layout::lines(form)?;
    sheet.set_name(HIDDEN)?;
    sheet.write_string(0, 0, MARK)?;
    sheet.write_string(0, 1, VERSION.to_string())?;
    sheet.write_string(0, 2, layout::checksum(&lines))?;
    for (row, line) in (1u32..).zip(&lines) {
        sheet.write_string(row, 0, line)?;
    }
    sheet.protect();
    sheet.set_very_hidden(true);
    Ok(())
}
