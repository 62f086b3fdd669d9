use super::*;

fn p(code: &str) -> Period {
    code.parse().expect("a period")
}

#[test]
fn codes_are_canonical() {
    for code in [
        "2025",
        "2025-H1",
        "2025-Q3",
        "2025-9M",
        "2025-M04",
        "2021/2025",
    ] {
        assert_eq!(p(code).to_string(), code);
        assert_eq!(
            serde_json::to_string(&p(code)).ok(),
            Some(format!("\"{code}\""))
        );
    }
    for bad in [
        "25",
        "2025-H3",
        "2025-Q0",
        "2025-Q5",
        "2025-M4",
        "2025-M13",
        "2025/2021",
        "2025/2025",
        "2025-6M",
        "",
        "2025-",
        "+025",
        "2025-Qá",
    ] {
        assert!(bad.parse::<Period>().is_err(), "{bad}");
    }
    assert_eq!(Period::years(2025, 2025), Some(Period::Year(2025)));
    assert_eq!(Period::quarter(2025, 5), None);
}

#[test]
fn days_of_both_calendars() {
    for (code, calendar, from, to) in [
        ("2025", Calendar::Civil, "2025-01-01", "2026-01-01"),
        ("2025", Calendar::State, "2024-12-15", "2025-12-15"),
        ("2025-Q1", Calendar::State, "2024-12-15", "2025-03-15"),
        ("2025-Q3", Calendar::State, "2025-06-15", "2025-09-15"),
        ("2025-Q3", Calendar::Civil, "2025-07-01", "2025-10-01"),
        ("2025-H1", Calendar::State, "2024-12-15", "2025-06-15"),
        ("2025-H2", Calendar::Civil, "2025-07-01", "2026-01-01"),
        ("2025-9M", Calendar::State, "2024-12-15", "2025-09-15"),
        ("2025-M01", Calendar::State, "2024-12-15", "2025-01-15"),
        ("2025-M12", Calendar::Civil, "2025-12-01", "2026-01-01"),
        ("2021/2025", Calendar::Civil, "2021-01-01", "2026-01-01"),
    ] {
        let range = p(code).range(calendar);
        assert_eq!(range.from().to_string(), from, "{code}");
        assert_eq!(
            range.to().map(|d| d.to_string()).as_deref(),
            Some(to),
            "{code}"
        );
    }
    // A year far outside the calendar still gives an answer.
    let _ = Period::Year(i16::MAX).range(Calendar::Civil);
    let _ = Period::Year(i16::MIN).range(Calendar::State);
}

#[test]
fn labels() {
    for (code, vi, en) in [
        ("2025-Q3", "quý III năm 2025", "Q3 2025"),
        ("2025-H1", "6 tháng đầu năm 2025", "H1 2025"),
        ("2025-9M", "9 tháng năm 2025", "first 9 months of 2025"),
        ("2025-M04", "tháng 4 năm 2025", "Apr 2025"),
        ("2021/2025", "giai đoạn 2021-2025", "2021–2025"),
        ("2025", "năm 2025", "2025"),
    ] {
        assert_eq!(p(code).label(Lang::Vi), vi);
        assert_eq!(p(code).label(Lang::En), en);
    }
}

#[test]
fn neighbours_and_order() {
    for (code, previous, last_year) in [
        ("2025", "2024", "2024"),
        ("2025-Q1", "2024-Q4", "2024-Q1"),
        ("2025-Q3", "2025-Q2", "2024-Q3"),
        ("2025-H1", "2024-H2", "2024-H1"),
        ("2025-M01", "2024-M12", "2024-M01"),
        ("2025-9M", "2024-9M", "2024-9M"),
        ("2021/2025", "2016/2020", "2020/2024"),
    ] {
        assert_eq!(p(code).previous(), p(previous), "{code}");
        assert_eq!(p(code).same_period_last_year(), p(last_year), "{code}");
    }
    let mut all = [
        "2025",
        "2024",
        "2025-Q4",
        "2025-M12",
        "2021/2025",
        "2025-Q1",
        "2025-H2",
    ]
    .map(p);
    all.sort();
    assert_eq!(
        all.map(|p| p.to_string()),
        [
            "2024",
            "2025-Q1",
            "2025-M12",
            "2025-Q4",
            "2025-H2",
            "2025",
            "2021/2025"
        ]
    );
}

fn any_period() -> impl proptest::strategy::Strategy<Value = Period> {
    use proptest::prelude::*;
    prop_oneof![
        (1900i16..2200).prop_map(Period::Year),
        (1900i16..2200).prop_map(Period::NineMonths),
        (1900i16..2200, 1u8..=2).prop_filter_map("half", |(y, h)| Period::half_year(y, h)),
        (1900i16..2200, 1u8..=4).prop_filter_map("quarter", |(y, q)| Period::quarter(y, q)),
        (1900i16..2200, 1u8..=12).prop_filter_map("month", |(y, m)| Period::month(y, m)),
        (1900i16..2200, 1i16..20).prop_filter_map("years", |(y, n)| Period::years(y, y + n)),
    ]
}

proptest::proptest! {
    #[test]
    fn codes_round_trip(period in any_period()) {
        proptest::prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
    }

    #[test]
    fn the_period_before_ends_where_this_begins(period in any_period()) {
        let before = period.previous();
        proptest::prop_assert!(before < period);
        if !matches!(period, Period::NineMonths(_)) {
            for calendar in [Calendar::State, Calendar::Civil] {
                proptest::prop_assert_eq!(before.range(calendar).to(), Some(period.range(calendar).from()));
            }
        }
    }

    #[test]
    fn order_agrees_with_equality(a in any_period(), b in any_period()) {
        proptest::prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
    }

    #[test]
    fn never_panics(s in "\\PC{0,12}") { let _ = s.parse::<Period>(); }
}
