//! Ranges of days, the two calendars of reports, and working days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Which days a reporting period takes.
///
/// `State` follows the administrative cut-off of Decree 09/2019/NĐ-CP as Circular 09/2019/TT-NHNN words
/// it: a month runs from the 15th of the month before to the 14th. `Civil` takes calendar months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calendar {
    /// Administrative reports: the 15th to the 14th.
    State,
    /// Statistics: calendar months.
    Civil,
}

/// Days from `from` up to and without `to`; without an end when `to` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct DateRange {
    from: Date,
    to: Option<Date>,
}

impl DateRange {
    /// The range; none when it would end before it starts or hold no day.
    pub fn new(from: Date, to: Option<Date>) -> Option<Self> {
        to.is_none_or(|to| from < to).then_some(Self { from, to })
    }

    /// Every day from this one on.
    pub fn since(from: Date) -> Self {
        Self { from, to: None }
    }

    /// First day.
    pub fn from(self) -> Date {
        self.from
    }

    /// The day after the last, if there is a last.
    pub fn to(self) -> Option<Date> {
        self.to
    }

    /// The last day itself, if there is one.
    pub fn last_day(self) -> Option<Date> {
        self.to.and_then(|to| to.yesterday().ok())
    }

    /// Whether the day lies inside.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    /// Whether both have a day in common.
    pub fn overlaps(self, other: Self) -> bool {
        let starts_before = |a: Self, b: Self| b.to.is_none_or(|to| a.from < to);
        starts_before(self, other) && starts_before(other, self)
    }
}

impl<'de> Deserialize<'de> for DateRange {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Raw {
            from: Date,
            #[serde(default)]
            to: Option<Date>,
        }
        let Raw { from, to } = Raw::deserialize(d)?;
        Self::new(from, to)
            .ok_or_else(|| serde::de::Error::custom("a range of days that ends before it starts"))
    }
}

/// A number of working days (ngày làm việc): Saturdays, Sundays and public holidays do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkingDays(pub u32);

impl WorkingDays {
    /// The day on which this many working days have passed; the day of receipt itself does not count.
    /// Which days are holidays changes every year by decision, so the caller gives them.
    pub fn after(self, start: Date, holidays: &[Date]) -> Date {
        let mut day = start;
        let mut left = self.0;
        while left > 0 {
            let Ok(next) = day.checked_add(1.day()) else {
                return day;
            };
            day = next;
            let rest = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            if !rest && !holidays.contains(&day) {
                left -= 1;
            }
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i16, m: i8, d: i8) -> Date {
        Date::constant(y, m, d)
    }

    #[test]
    fn ranges_are_checked_and_half_open() {
        assert!(DateRange::new(day(2025, 7, 1), Some(day(2025, 7, 1))).is_none());
        let old = DateRange::new(day(2004, 1, 1), Some(day(2025, 7, 1))).expect("a range");
        let new = DateRange::new(day(2025, 7, 1), None).expect("a range");
        assert!(!old.contains(day(2025, 7, 1)) && new.contains(day(2025, 7, 1)));
        assert!(!old.overlaps(new) && !new.overlaps(old) && new.overlaps(new));
        assert_eq!(old.last_day(), Some(day(2025, 6, 30)));
        assert_eq!(
            serde_json::to_string(&new).ok().as_deref(),
            Some(r#"{"from":"2025-07-01","to":null}"#)
        );
        assert!(
            serde_json::from_str::<DateRange>(r#"{"from":"2025-07-01","to":"2025-06-01"}"#)
                .is_err()
        );
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let friday = day(2025, 8, 29);
        assert_eq!(WorkingDays(0).after(friday, &[]), friday);
        assert_eq!(WorkingDays(1).after(friday, &[]), day(2025, 9, 1));
        let holidays = [day(2025, 9, 1), day(2025, 9, 2)];
        assert_eq!(WorkingDays(1).after(friday, &holidays), day(2025, 9, 3));
        assert_eq!(WorkingDays(5).after(friday, &holidays), day(2025, 9, 9));
        assert_eq!(WorkingDays(9).after(Date::MAX, &[]), Date::MAX);
    }
}
