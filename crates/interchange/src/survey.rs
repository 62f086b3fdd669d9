//! Tables of answers to a survey: one row for each who was asked.
//!
//! Of such a file only the stratum, the weight and the answers are taken. Everything else (names, tax numbers,
//! telephones) is left where it is: a survey promises those who answer that they will not be recognised.

use std::io;

use catalogue::Label;
use rust_decimal::Decimal;

use crate::amount::{self, Amount, Notation};
use crate::cell::{Address, CellFault};
use crate::csv;
use crate::table::csv::{Csv, TableError};
use crate::table::sheet::Sheet;
use crate::xlsx::{Book, BookError, Limits};

/// Most rows a survey has.
pub const MOST_ROWS: usize = 100_000;

/// Most faults that are told.
const MOST_FAULTS: usize = 50;

/// Headings of the file in which answers are kept.
const STRATUM: &str = "stratum";
const WEIGHT: &str = "weight";

/// In which columns a file says what, by their headings; case and diacritics do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Which part of the population one belongs to; none where the sample is not stratified.
    pub stratum: Option<String>,
    /// How many of the population one stands for.
    pub weight: Option<String>,
    /// The answers.
    pub questions: Vec<String>,
}

/// What one who was asked said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its stratum; empty where the sample is not stratified.
    pub stratum: String,
    /// How many of the population it stands for.
    pub weight: Option<Decimal>,
    /// The answers: 1 for yes, 0 for no, or a number; none when there was none.
    pub answers: Vec<Option<Decimal>>,
}

/// What was taken from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// One for each who was asked.
    pub rows: Vec<Answered>,
    /// Headings of columns of which nothing was taken.
    pub left_out: Vec<String>,
}

/// Why a file gives no answers.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// It is no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// It is no workbook that can be read.
    #[error(transparent)]
    Book(#[from] BookError),
    /// A column that was named is not there.
    #[error("không có cột «{asked}»; tệp có các cột: {has} (there is no such column)")]
    NoColumn {
        /// The heading asked for.
        asked: String,
        /// The headings there are.
        has: String,
    },
    /// No row.
    #[error("bảng không có dòng trả lời nào (the table has no row)")]
    Empty,
    /// More rows than a survey has.
    #[error(
        "bảng có hơn {MOST_ROWS} dòng; hãy gửi số liệu đã tổng hợp (the table has too many rows)"
    )]
    TooMany,
    /// Cells that cannot be understood.
    #[error("có ô không hiểu được (some cells cannot be understood)")]
    Cells(Vec<CellFault>),
}

/// Reads a table of answers, XLSX (its first sheet that holds a table) or CSV.
///
/// # Errors
/// When it is no such table; all cells that cannot be understood are told at once.
pub fn read(bytes: &[u8], columns: &Columns) -> Result<Answers, SurveyError> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let mut book = Book::open(bytes, Limits::default())?;
        for name in book.sheets() {
            match Sheet::open(&mut book, &name, None) {
                Ok(sheet) => {
                    let rows = sheet.all_cells().map(Ok);
                    return take(sheet.headings(), rows, Some(Notation::English), columns);
                }
                Err(TableError::NoHeadings) => {}
                Err(other) => return Err(other.into()),
            }
        }
        return Err(TableError::NoHeadings.into());
    }
    let mut table = Csv::open(bytes)?;
    let headings = table.headings().to_vec();
    let notation = table.propose().notation;
    let rows = std::iter::from_fn(|| table.next_cells().transpose());
    take(&headings, rows, notation, columns)
}

/// Which columns hold what, and the headings of the others.
struct Places {
    stratum: Option<usize>,
    weight: Option<usize>,
    questions: Vec<usize>,
    left_out: Vec<String>,
}

impl Places {
    fn find(headings: &[String], columns: &Columns) -> Result<Self, SurveyError> {
        let find = |asked: &String| {
            let wanted = viet::fold::fold(asked.trim());
            let at = (headings.iter()).position(|h| viet::fold::fold(h.trim()) == wanted);
            at.ok_or_else(|| SurveyError::NoColumn {
                asked: asked.clone(),
                has: headings.join(", "),
            })
        };
        let stratum = columns.stratum.as_ref().map(find).transpose()?;
        let weight = columns.weight.as_ref().map(find).transpose()?;
        let questions: Vec<usize> = (columns.questions.iter())
            .map(find)
            .collect::<Result<_, _>>()?;
        let taken =
            |at: &usize| stratum == Some(*at) || weight == Some(*at) || questions.contains(at);
        let left_out = (headings.iter().enumerate())
            .filter(|(at, heading)| !taken(at) && !heading.is_empty())
            .map(|(_, heading)| heading.clone())
            .collect();
        Ok(Self {
            stratum,
            weight,
            questions,
            left_out,
        })
    }
}

fn take(
    headings: &[String],
    rows: impl Iterator<Item = Result<(u32, Vec<String>), TableError>>,
    notation: Option<Notation>,
    columns: &Columns,
) -> Result<Answers, SurveyError> {
    let places = Places::find(headings, columns)?;
    let (mut taken, mut faults) = (Vec::new(), Vec::new());
    for row in rows {
        let (line, cells) = row?;
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if taken.len() >= MOST_ROWS {
            return Err(SurveyError::TooMany);
        }
        match answered(line, &cells, &places, notation) {
            Ok(row) => taken.push(row),
            Err(fault) => faults.push(fault),
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    if !faults.is_empty() {
        return Err(SurveyError::Cells(faults));
    }
    if taken.is_empty() {
        return Err(SurveyError::Empty);
    }
    Ok(Answers {
        rows: taken,
        left_out: places.left_out,
    })
}

fn answered(
    line: u32,
    cells: &[String],
    places: &Places,
    notation: Option<Notation>,
) -> Result<Answered, CellFault> {
    let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
    let number = |at: usize| {
        let address = Address::new(line, u16::try_from(at).unwrap_or(u16::MAX));
        amount(cell(at), notation)
            .map_err(|wrong| CellFault::new(address, cell(at), wrong.reason(), wrong.remedy()))
    };
    let weight = match places.weight {
        Some(at) => Some(number(at)?.ok_or_else(|| {
            CellFault::new(
                Address::new(line, u16::try_from(at).unwrap_or(u16::MAX)),
                cell(at),
                Label::new("Phiếu chưa có trọng số.", "The row has no weight."),
                Label::new("Nhập trọng số lớn hơn 0.", "Enter a weight above 0."),
            )
        })?),
        None => None,
    };
    Ok(Answered {
        stratum: places.stratum.map_or("", cell).to_owned(),
        weight,
        answers: (places.questions.iter())
            .map(|at| number(*at))
            .collect::<Result<_, _>>()?,
    })
}

/// An answer: yes, no, a number, or none.
fn amount(text: &str, notation: Option<Notation>) -> Result<Option<Decimal>, amount::Misread> {
    match viet::fold::fold(text).as_str() {
        "co" | "x" | "yes" | "true" | "dung" => return Ok(Some(Decimal::ONE)),
        "khong" | "no" | "false" | "sai" => return Ok(Some(Decimal::ZERO)),
        "khong tra loi" | "khong biet" => return Ok(None),
        _ => {}
    }
    // A spreadsheet keeps numbers in one notation and may hold texts in the other.
    let read = amount::read(text, notation).or_else(|wrong| match wrong {
        amount::Misread::OtherNotation => amount::read(text, None),
        other => Err(other),
    });
    Ok(match read? {
        Amount::Value(value) => Some(value),
        Amount::NothingArose => Some(Decimal::ZERO),
        Amount::Blank | Amount::NotCollected => None,
    })
}

/// The file in which answers are kept: CSV with decimal points, strata and weights first.
///
/// # Errors
/// When a row has not as many answers as there are questions.
pub fn write(questions: &[String], rows: &[Answered]) -> Result<Vec<u8>, ::csv::Error> {
    let mut headings = vec![STRATUM, WEIGHT];
    headings.extend(questions.iter().map(String::as_str));
    let text = |value: &Option<Decimal>| value.map_or_else(String::new, |v| v.to_string());
    let rows = rows.iter().map(|row| {
        let mut cells = vec![row.stratum.clone(), text(&row.weight)];
        cells.extend(row.answers.iter().map(text));
        cells
    });
    csv::write(&headings, rows)
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// When the file is another one.
pub fn kept(bytes: &[u8], questions: usize) -> Result<Vec<Answered>, ::csv::Error> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = ::csv::Reader::from_reader(body);
    let number = |cell: Option<&str>| match cell {
        None | Some("") => Ok(None),
        Some(cell) => cell
            .parse()
            .map(Some)
            .map_err(|error: rust_decimal::Error| {
                ::csv::Error::from(io::Error::new(io::ErrorKind::InvalidData, error))
            }),
    };
    let rows = reader.records().map(|record| {
        let record = record?;
        let stratum = record.get(0).unwrap_or("");
        Ok(Answered {
            // A name that a spreadsheet would take for a formula was written with an apostrophe.
            stratum: stratum.strip_prefix('\'').unwrap_or(stratum).to_owned(),
            weight: number(record.get(1))?,
            answers: (0..questions)
                .map(|at| number(record.get(at + 2)))
                .collect::<Result<_, _>>()?,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns() -> Columns {
        Columns {
            stratum: Some("Quy mô".into()),
            weight: None,
            questions: vec!["Có đổi mới".into(), "Chi R&D".into()],
        }
    }

    fn dec(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn answers_are_taken_and_names_are_left() {
        let table = "KHẢO SÁT DOANH NGHIỆP;;;;\nTên doanh nghiệp;Quy mô;Có đổi mới;Chi R&D;Điện thoại\n\
                     Công ty A;Lớn;có;1,5;0905\nCông ty B;Nhỏ;Không;-;0906\nCông ty C;Nhỏ;;…;\n;;;;\n";
        let read = read(table.as_bytes(), &columns()).expect("a table");
        assert_eq!(read.left_out, ["Tên doanh nghiệp", "Điện thoại"]);
        let rows: Vec<_> = read
            .rows
            .iter()
            .map(|r| (r.stratum.as_str(), r.answers.clone()))
            .collect();
        let (yes, no) = (Some(Decimal::ONE), Some(Decimal::ZERO));
        assert_eq!(
            rows,
            [
                ("Lớn", vec![yes, Some(dec("1.5"))]),
                ("Nhỏ", vec![no, no]),
                ("Nhỏ", vec![None, None])
            ]
        );
        let file = write(&columns().questions, &read.rows).expect("written");
        assert!(!String::from_utf8_lossy(&file).contains("Công ty"));
        assert_eq!(kept(&file, 2).expect("read"), read.rows);
    }

    #[test]
    fn what_is_wrong_is_told_by_cell_or_column() {
        let asked = Columns {
            weight: Some("Trọng số".into()),
            ..columns()
        };
        let table = "Quy mô,Trọng số,Có đổi mới,Chi R&D\nLớn,,1,2\nNhỏ,3,có lẽ,2\nNhỏ,3,1,2\n";
        match read(table.as_bytes(), &asked) {
            Err(SurveyError::Cells(faults)) => {
                let cells: Vec<_> = faults.iter().map(|f| f.at.to_string()).collect();
                assert_eq!(cells, ["B2", "C3"]);
            }
            other => panic!("{other:?}"),
        }
        let asked = Columns {
            questions: vec!["Đổi mới".into()],
            ..columns()
        };
        let told = read(table.as_bytes(), &asked)
            .expect_err("no column")
            .to_string();
        assert!(
            told.contains("«Đổi mới»") && told.contains("Có đổi mới"),
            "{told}"
        );
        assert!(matches!(
            read("Quy mô,Có đổi mới,Chi R&D\n".as_bytes(), &columns()),
            Err(SurveyError::Empty | SurveyError::Table(_))
        ));
        assert!(read(b"PK\x03\x04nothing", &columns()).is_err());
    }

    proptest! {
        #[test]
        fn no_file_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes, &columns());
            let _ = kept(&bytes, 2);
        }

        #[test]
        fn what_is_kept_is_what_was_read(rows in prop::collection::vec(
            ("[A-Za-zđ=+@-][a-z đ]{0,6}", prop::option::of(1_i64..9_999), prop::option::of(-99_i64..99)), 1..20,
        )) {
            let rows: Vec<Answered> = rows.into_iter().map(|(stratum, weight, answer)| Answered {
                stratum: stratum.trim().to_owned(),
                weight: weight.map(|w| Decimal::new(w, 2)),
                answers: vec![answer.map(Decimal::from)],
            }).collect();
            let file = write(&["đổi mới".to_owned()], &rows).expect("written");
            prop_assert_eq!(kept(&file, 1).expect("read"), rows);
        }
    }
}
