//! Periods for which a value stands or a report is made.

use crate::{Calendar, DateRange, Lang, ParseError, date, serde_as_string};
use jiff::civil::Date;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A period. Variants with a number that could be out of range are made by the checked constructors;
/// they can be matched everywhere. Written `2025`, `2025-H1`, `2025-Q3`, `2025-9M`, `2025-M04`, `2021/2025`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A year.
    Year(i16),
    /// Half a year; `half` is 1 or 2.
    #[non_exhaustive]
    HalfYear {
        /// Year.
        year: i16,
        /// 1 or 2.
        half: u8,
    },
    /// A quarter, 1 to 4.
    #[non_exhaustive]
    Quarter {
        /// Year.
        year: i16,
        /// 1 to 4.
        quarter: u8,
    },
    /// The first nine months of a year.
    NineMonths(i16),
    /// A month, 1 to 12.
    #[non_exhaustive]
    Month {
        /// Year.
        year: i16,
        /// 1 to 12.
        month: u8,
    },
    /// Several whole years, both ends included; `from` lies before `to`.
    #[non_exhaustive]
    Years {
        /// First year.
        from: i16,
        /// Last year.
        to: i16,
    },
}

impl Period {
    /// A half-year (1 or 2).
    pub fn half_year(year: i16, half: u8) -> Option<Self> {
        matches!(half, 1..=2).then_some(Self::HalfYear { year, half })
    }

    /// A quarter (1 to 4).
    pub fn quarter(year: i16, quarter: u8) -> Option<Self> {
        matches!(quarter, 1..=4).then_some(Self::Quarter { year, quarter })
    }

    /// A month (1 to 12).
    pub fn month(year: i16, month: u8) -> Option<Self> {
        matches!(month, 1..=12).then_some(Self::Month { year, month })
    }

    /// The years from `from` to `to`, both included; one year alone is that `Year`.
    pub fn years(from: i16, to: i16) -> Option<Self> {
        match from.cmp(&to) {
            Ordering::Less => Some(Self::Years { from, to }),
            Ordering::Equal => Some(Self::Year(from)),
            Ordering::Greater => None,
        }
    }

    /// The last year it touches.
    pub fn end_year(self) -> i16 {
        match self {
            Self::Year(year) | Self::NineMonths(year) => year,
            Self::HalfYear { year, .. } | Self::Quarter { year, .. } | Self::Month { year, .. } => {
                year
            }
            Self::Years { to, .. } => to,
        }
    }

    /// First and last month, counted from month 0 of year 0.
    fn months(self) -> (i32, i32) {
        let at = |year: i16, month: i32| i32::from(year) * 12 + month;
        match self {
            Self::Year(y) => (at(y, 0), at(y, 11)),
            Self::HalfYear { year, half } => {
                let first = (i32::from(half) - 1) * 6;
                (at(year, first), at(year, first + 5))
            }
            Self::Quarter { year, quarter } => {
                let first = (i32::from(quarter) - 1) * 3;
                (at(year, first), at(year, first + 2))
            }
            Self::NineMonths(y) => (at(y, 0), at(y, 8)),
            Self::Month { year, month } => {
                let first = i32::from(month) - 1;
                (at(year, first), at(year, first))
            }
            Self::Years { from, to } => (at(from, 0), at(to, 11)),
        }
    }

    /// The days it takes. Years outside the calendar (−9998 to 9998) are taken as its nearest year.
    pub fn range(self, calendar: Calendar) -> DateRange {
        let (first, last) = self.months();
        let (from, to) = match calendar {
            Calendar::State => (day_of(first - 1, 15), day_of(last, 15)),
            Calendar::Civil => (day_of(first, 1), day_of(last + 1, 1)),
        };
        // Only at the very edge of the calendar do both ends fall on one day.
        DateRange::new(from, Some(to)).unwrap_or(DateRange::since(from))
    }

    /// As it is said: "quý III năm 2025" / "Q3 2025".
    pub fn label(self, lang: Lang) -> String {
        let vi = lang == Lang::Vi;
        match self {
            Self::Year(y) if vi => format!("năm {y}"),
            Self::Year(y) => format!("{y}"),
            Self::HalfYear { year, half } if vi => {
                format!(
                    "6 tháng {} năm {year}",
                    if half == 1 { "đầu" } else { "cuối" }
                )
            }
            Self::HalfYear { year, half } => format!("H{half} {year}"),
            Self::Quarter { year, quarter } if vi => {
                format!(
                    "quý {} năm {year}",
                    ["I", "II", "III", "IV"][usize::from(quarter - 1)]
                )
            }
            Self::Quarter { year, quarter } => format!("Q{quarter} {year}"),
            Self::NineMonths(y) if vi => format!("9 tháng năm {y}"),
            Self::NineMonths(y) => format!("first 9 months of {y}"),
            Self::Month { year, month } if vi => format!("tháng {month} năm {year}"),
            Self::Month { year, month } => {
                format!(
                    "{} {year}",
                    date::month_name(i8::try_from(month).unwrap_or(0))
                )
            }
            Self::Years { from, to } if vi => format!("giai đoạn {from}-{to}"),
            Self::Years { from, to } => format!("{from}–{to}"),
        }
    }

    /// The period of the same kind just before. Nine months are followed by those of the next year;
    /// several years by as many years.
    pub fn previous(self) -> Self {
        match self {
            Self::Year(y) => Self::Year(y.saturating_sub(1)),
            Self::NineMonths(y) => Self::NineMonths(y.saturating_sub(1)),
            Self::HalfYear { year, half: 1 } => Self::HalfYear {
                year: year.saturating_sub(1),
                half: 2,
            },
            Self::HalfYear { year, .. } => Self::HalfYear { year, half: 1 },
            Self::Quarter { year, quarter: 1 } => Self::Quarter {
                year: year.saturating_sub(1),
                quarter: 4,
            },
            Self::Quarter { year, quarter } => Self::Quarter {
                year,
                quarter: quarter - 1,
            },
            Self::Month { year, month: 1 } => Self::Month {
                year: year.saturating_sub(1),
                month: 12,
            },
            Self::Month { year, month } => Self::Month {
                year,
                month: month - 1,
            },
            Self::Years { from, to } => self.shifted(from.saturating_sub(to).saturating_sub(1)),
        }
    }

    /// The same period a year earlier (cùng kỳ năm trước).
    pub fn same_period_last_year(self) -> Self {
        self.shifted(-1)
    }

    fn shifted(self, by: i16) -> Self {
        match self {
            Self::Year(y) => Self::Year(y.saturating_add(by)),
            Self::NineMonths(y) => Self::NineMonths(y.saturating_add(by)),
            Self::HalfYear { year, half } => Self::HalfYear {
                year: year.saturating_add(by),
                half,
            },
            Self::Quarter { year, quarter } => Self::Quarter {
                year: year.saturating_add(by),
                quarter,
            },
            Self::Month { year, month } => Self::Month {
                year: year.saturating_add(by),
                month,
            },
            Self::Years { from, to } => {
                Self::years(from.saturating_add(by), to.saturating_add(by)).unwrap_or(self)
            }
        }
    }
}

/// A day of a month counted from month 0 of year 0, kept inside the calendar.
fn day_of(month: i32, day: i8) -> Date {
    let year = month.div_euclid(12).clamp(-9998, 9998);
    let month = month.rem_euclid(12) + 1;
    match (i16::try_from(year), i8::try_from(month)) {
        (Ok(year), Ok(month)) => Date::new(year, month, day).unwrap_or(Date::MIN),
        _ => Date::MIN,
    }
}

impl Ord for Period {
    /// By the end, then by the start: a quarter stands before the year it closes.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |p: &Self| {
            let (first, last) = p.months();
            (last, std::cmp::Reverse(first))
        };
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::HalfYear { year, half } => write!(f, "{year:04}-H{half}"),
            Self::Quarter { year, quarter } => write!(f, "{year:04}-Q{quarter}"),
            Self::NineMonths(y) => write!(f, "{y:04}-9M"),
            Self::Month { year, month } => write!(f, "{year:04}-M{month:02}"),
            Self::Years { from, to } => write!(f, "{from:04}/{to:04}"),
        }
    }
}

impl FromStr for Period {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        read(text).ok_or_else(|| {
            ParseError::new(
                text,
                "a period such as 2025, 2025-H1, 2025-Q3, 2025-9M, 2025-M04 or 2021/2025",
            )
        })
    }
}

fn read(text: &str) -> Option<Period> {
    if let Some((from, to)) = text.split_once('/') {
        let (from, to) = (year(from)?, year(to)?);
        return (from < to).then(|| Period::years(from, to)).flatten();
    }
    let Some((y, part)) = text.split_once('-') else {
        return year(text).map(Period::Year);
    };
    let y = year(y)?;
    match (part.get(..1)?, part.get(1..)?) {
        ("9", "M") => Some(Period::NineMonths(y)),
        ("H", half) => Period::half_year(y, count(half, 1)?),
        ("Q", quarter) => Period::quarter(y, count(quarter, 1)?),
        ("M", month) => Period::month(y, count(month, 2)?),
        _ => None,
    }
}

fn year(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn count(text: &str, width: usize) -> Option<u8> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

serde_as_string!(Period);

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
