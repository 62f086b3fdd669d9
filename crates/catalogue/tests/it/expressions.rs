//! The language of expressions: what is read, what is refused and what comes out.

use std::collections::BTreeMap;

use catalogue::expression::{
    Evaluation, Expression, ExpressionFault, Figures, Input, Missing, Vocabulary,
};
use catalogue::{FaultCode, Id, Label, Unit};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn count(noun: &str) -> Unit {
    Unit::Count(Label::new(noun, noun))
}

/// Indicators and parameters of the tests with their units.
fn units() -> BTreeMap<&'static str, Unit> {
    BTreeMap::from([
        ("grdp", Unit::BillionVnd),
        ("spent", Unit::BillionVnd),
        ("income", Unit::MillionVndPerPerson),
        ("people", count("người")),
        ("staff", count("người")),
        ("firms", count("doanh nghiệp")),
        ("share", Unit::Percent),
        ("pace", Unit::PercentPerYear),
        ("input", Unit::Points),
        ("output", Unit::Points),
        ("part", Unit::Index),
        ("rank", Unit::Rank),
        ("level", Unit::LevelOf7),
        ("done", Unit::YesNo),
        ("not-plain", Unit::BillionVnd),
    ])
}

fn check(text: &str, unit: &Unit) -> Result<catalogue::expression::Checked, ExpressionFault> {
    let units = units();
    let names = Vocabulary {
        indicators: units.iter().map(|(id, unit)| (*id, unit)).collect(),
        parameters: BTreeMap::from([("weight", None), ("floor", Some(&units["share"]))]),
        has_base: true,
    };
    Expression::read(text)?.check(&names, unit)
}

/// Figures by the name an expression gives them.
struct Given(BTreeMap<String, Decimal>);

impl Figures for Given {
    fn figure(&self, input: &Input) -> Option<Decimal> {
        self.0.get(&input.to_string()).copied()
    }

    fn parameter(&self, id: &Id) -> Option<Decimal> {
        self.0.get(&format!("${id}")).copied()
    }

    fn first_day(&self) -> Date {
        date(2025, 1, 1)
    }

    fn last_day(&self) -> Date {
        date(2025, 12, 31)
    }
}

fn given(figures: &[(&str, &str)]) -> Given {
    let number = |text: &str| text.parse().expect("a decimal");
    let of = |(name, value): &(&str, &str)| ((*name).to_owned(), number(value));
    Given(figures.iter().map(of).collect())
}

fn evaluate(text: &str, unit: &Unit, figures: &[(&str, &str)]) -> Evaluation {
    let checked = check(text, unit).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    checked.evaluate(&given(figures))
}

fn value(text: &str, unit: &Unit, figures: &[(&str, &str)]) -> Result<String, Missing> {
    let shown = |value: Decimal| value.round_dp(6).normalize().to_string();
    evaluate(text, unit, figures).value.map(shown)
}

/// Figures for the table of values.
const FIGURES: [(&str, &str); 19] = [
    ("grdp", "1060"),
    ("grdp[previous]", "1000"),
    ("grdp[same_period_last_year]", "800"),
    ("grdp[base]", "530"),
    ("grdp[2020, country]", "10600"),
    ("spent", "31.8"),
    ("income", "53"),
    ("people", "20000"),
    ("staff", "25"),
    ("firms", "400"),
    ("share", "40"),
    ("pace", "6"),
    ("input", "51.50"),
    ("output", "47.23"),
    ("part", "0.5"),
    ("level", "3"),
    ("done", "1"),
    ("`not-plain`", "5"),
    ("$floor", "30"),
];

#[test]
fn values_come_out_in_the_unit_declared() {
    for (text, unit, expected) in [
        ("spent / grdp", Unit::Percent, "3"),
        ("spent / grdp", Unit::Ratio, "0.03"),
        ("grdp / people", Unit::MillionVndPerPerson, "53"),
        ("income * people", Unit::BillionVnd, "1060"),
        ("staff / people", Unit::Per10kPeople, "12.5"),
        ("share * grdp", Unit::BillionVnd, "424"),
        ("grdp * (1 + pace)", Unit::BillionVnd, "1123.6"),
        ("1 - share", Unit::Percent, "60"),
        ("share + pace", Unit::Percent, "46"),
        ("growth(grdp, grdp[previous])", Unit::Percent, "6"),
        (
            "growth(grdp, grdp[same_period_last_year])",
            Unit::PercentPerYear,
            "32.5",
        ),
        ("grdp / grdp[base]", Unit::Times, "2"),
        ("grdp / grdp[2020, country]", Unit::Percent, "10"),
        ("firms / people", Unit::Ratio, "0.02"),
        ("mean(input, output)", Unit::Points, "49.365"),
        ("round(mean(input, output), 2)", Unit::Points, "49.37"),
        ("round(spent / (grdp + 1 * spent), 1)", Unit::Percent, "2.9"),
        ("20% * part + 80% * part", Unit::Index, "0.5"),
        ("sum(staff, people)", count("người"), "20025"),
        ("min(people, staff)", count("người"), "25"),
        ("max(people, staff, 0)", count("người"), "20000"),
        ("abs(staff - people)", count("người"), "19975"),
        ("-(-staff)", count("người"), "25"),
        ("if(share >= 30%, staff, people)", count("người"), "25"),
        ("if(share > $floor, staff, people)", count("người"), "25"),
        (
            "if(done and not level < 3, firms, 0)",
            count("doanh nghiệp"),
            "400",
        ),
        (
            "if(period_end < @2025-07-01, staff, people)",
            count("người"),
            "20000",
        ),
        ("level", Unit::LevelOf7, "3"),
        ("if(level = 7 or level = 6, 7, level)", Unit::LevelOf7, "3"),
        ("level >= 3 and share != 0", Unit::YesNo, "1"),
        ("year(period_start)", Unit::Times, "2025"),
        ("days(period_start, period_end) + 1", Unit::Times, "365"),
        ("`not-plain` - 0", Unit::BillionVnd, "5"),
        ("1000 * firms / people", Unit::Ratio, "20"),
        (
            "coalesce(firms[previous], firms)",
            count("doanh nghiệp"),
            "400",
        ),
        ("coalesce(firms[previous], 0)", count("doanh nghiệp"), "0"),
    ] {
        assert_eq!(
            value(text, &unit, &FIGURES),
            Ok(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn what_has_no_value_says_why() {
    let figures = [
        ("spent", "1"),
        ("grdp", "0"),
        ("grdp[previous]", "-1"),
        ("people", "79000000000000000000000000000"),
    ];
    let missing = |text, unit: Unit| value(text, &unit, &figures).expect_err(text);
    let names = |_: &Id| Some(Label::new("Nhân lực", "Staff"));
    let vi = |missing: Missing| missing.reason(names).vi;
    assert_eq!(
        vi(missing("staff[previous] / people", Unit::Percent)),
        "không có số liệu: Nhân lực (kỳ trước)"
    );
    assert_eq!(
        vi(missing("staff[2020, country] / people", Unit::Percent)),
        "không có số liệu: Nhân lực (năm 2020, cả nước)"
    );
    assert_eq!(
        missing("spent / grdp", Unit::Percent),
        Missing::DividedByZero(0..12)
    );
    assert_eq!(
        missing("growth(spent, grdp[previous])", Unit::Percent),
        Missing::NoGrowth(0..29)
    );
    assert_eq!(
        missing("people + people", count("người")),
        Missing::TooLarge(0..15)
    );
    assert_eq!(
        missing("people / spent * people", Unit::Ratio),
        Missing::TooLarge(0..23)
    );
    let unknown = missing("$weight * spent", Unit::BillionVnd);
    assert_eq!(vi(unknown), "tham số `weight`: chưa xác định");
    // Arithmetic that failed is not replaced by a stand-in.
    assert_eq!(
        missing("coalesce(spent / grdp, 0)", Unit::Percent),
        Missing::DividedByZero(9..21)
    );
}

#[test]
fn what_was_used_is_told_and_branches_not_taken_use_nothing() {
    let used = |text: &str| {
        let evaluation = evaluate(text, &Unit::BillionVnd, &FIGURES);
        evaluation
            .used
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        used("if(share > 30%, spent, grdp) + spent"),
        ["share", "spent"]
    );
    assert_eq!(
        used("coalesce(spent[previous], spent, grdp)"),
        ["spent[previous]", "spent"]
    );
    let read =
        Expression::read("if($weight > 0, grdp[base], spent) * $floor + grdp[base]").expect("good");
    let all: Vec<String> = read.inputs().iter().map(ToString::to_string).collect();
    assert_eq!(all, ["grdp[base]", "spent"]);
    assert_eq!(
        read.parameters()
            .iter()
            .map(|id| id.as_str())
            .collect::<Vec<_>>(),
        ["weight", "floor"]
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    use FaultCode::{MissingKey, Syntax, UnknownReference, WrongUnit, WrongValue};
    for (text, unit, code, marked, nearest) in [
        ("grdp + people", Unit::BillionVnd, WrongUnit, "people", None),
        (
            "sum(staff, firms)",
            count("người"),
            WrongUnit,
            "firms",
            None,
        ),
        ("grdp + 5", Unit::BillionVnd, WrongUnit, "5", None),
        (
            "if(share >= 30, spent, grdp)",
            Unit::BillionVnd,
            WrongUnit,
            "30",
            None,
        ),
        (
            "if(grdp > share, spent, grdp)",
            Unit::BillionVnd,
            WrongUnit,
            "share",
            None,
        ),
        ("share + 5", Unit::Percent, WrongUnit, "5", None),
        ("rank + 1", Unit::Rank, WrongUnit, "rank", None),
        ("level * 2", Unit::LevelOf7, WrongUnit, "level", None),
        (
            "if(rank < level, staff, 0)",
            count("người"),
            WrongUnit,
            "level",
            None,
        ),
        ("100 * spent / grdp", Unit::Percent, WrongUnit, "100", None),
        ("spent / grdp * 100", Unit::Percent, WrongUnit, "100", None),
        (
            "staff / firms",
            Unit::Percent,
            WrongUnit,
            "staff / firms",
            None,
        ),
        ("grdp", count("người"), WrongUnit, "grdp", None),
        (
            "mean(input, output)",
            Unit::Index,
            WrongUnit,
            "mean(input, output)",
            None,
        ),
        ("share", Unit::YesNo, WrongUnit, "share", None),
        ("done", Unit::Percent, WrongUnit, "done", None),
        ("done + 1", Unit::Percent, WrongValue, "done", None),
        ("if(share, 1, 0)", Unit::Times, WrongValue, "share", None),
        ("not share", Unit::YesNo, WrongValue, "share", None),
        ("period_end", Unit::Times, WrongUnit, "period_end", None),
        (
            "if(period_end < 2025, 1, 0)",
            Unit::Times,
            WrongValue,
            "2025",
            None,
        ),
        (
            "stafff / people",
            Unit::Percent,
            UnknownReference,
            "stafff",
            Some("staff"),
        ),
        (
            "$weigth * grdp",
            Unit::BillionVnd,
            UnknownReference,
            "$weigth",
            Some("weight"),
        ),
        (
            "grwoth(grdp, grdp)",
            Unit::Percent,
            UnknownReference,
            "grwoth",
            Some("growth"),
        ),
        (
            "grdp[previuos]",
            Unit::BillionVnd,
            WrongValue,
            "[previuos]",
            Some("previous"),
        ),
        (
            "grdp[previous, base]",
            Unit::BillionVnd,
            Syntax,
            "[previous, base]",
            None,
        ),
        (
            "growth(grdp)",
            Unit::Percent,
            WrongValue,
            "growth(grdp)",
            None,
        ),
        (
            "round(1 + spent / grdp, 1) - 1",
            Unit::Percent,
            WrongValue,
            "round(1 + spent / grdp, 1)",
            None,
        ),
        ("round(share, 1.5)", Unit::Percent, WrongValue, "1.5", None),
        ("round(share, 11)", Unit::Percent, WrongValue, "11", None),
        ("1 < 2 < 3", Unit::YesNo, Syntax, "<", None),
        ("grdp grdp", Unit::BillionVnd, Syntax, "grdp", None),
        ("grdp + ", Unit::BillionVnd, Syntax, "", None),
        ("", Unit::BillionVnd, Syntax, "", None),
        ("(grdp", Unit::BillionVnd, Syntax, "", None),
        ("grdp[previous", Unit::BillionVnd, Syntax, "[previous", None),
        ("GRDP", Unit::BillionVnd, Syntax, "G", None),
        ("grdp × 2", Unit::BillionVnd, Syntax, "×", None),
        ("1. + 2", Unit::Times, Syntax, "1.", None),
        (
            "99999999999999999999999999999999",
            Unit::Times,
            Syntax,
            "99999999999999999999999999999999",
            None,
        ),
        (
            "if(period_end < @2025-13-01, 1, 0)",
            Unit::Times,
            Syntax,
            "@2025-13-01",
            None,
        ),
        ("`Đ` + 1", Unit::Times, Syntax, "`Đ`", None),
    ] {
        let fault = check(text, &unit).map(|_| ()).expect_err(text);
        assert_eq!(fault.code, code, "{text}: {fault:?}");
        assert_eq!(
            text.get(fault.span.clone()),
            Some(marked),
            "{text}: {fault:?}"
        );
        assert_eq!(fault.nearest.as_deref(), nearest, "{text}");
        assert!(!fault.found.is_incomplete(), "{text}");
    }
    let units = units();
    let names = Vocabulary {
        indicators: BTreeMap::from([("grdp", &units["grdp"])]),
        ..Vocabulary::default()
    };
    let read = Expression::read("grdp[base]").expect("good");
    let fault = read
        .check(&names, &Unit::BillionVnd)
        .map(|_| ())
        .expect_err("no base");
    assert_eq!(fault.code, MissingKey);
}

#[test]
fn size_and_depth_have_limits() {
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    let signs = format!("{}1", "-".repeat(500));
    let long = vec!["1"; 100].join(" + ");
    let wide = format!("sum({})", vec!["1"; 500].join(", "));
    let many = format!("sum({})", vec!["1"; 300].join(", "));
    let bytes = " ".repeat(5000);
    for text in [&deep, &signs, &long, &wide, &bytes] {
        let fault = Expression::read(text).expect_err("too much");
        assert_eq!(fault.code, FaultCode::Syntax, "{fault:?}");
    }
    assert_eq!(value(&many, &Unit::Times, &[]), Ok("300".to_owned()));
}

/// Texts of expressions, right in form and often wrong in unit.
fn written() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[0-9]{1,3}(\\.[0-9]{1,2})?%?",
        prop::sample::select(vec![
            "grdp",
            "spent",
            "people",
            "staff",
            "share",
            "part",
            "done",
            "level",
            "$weight",
            "$floor",
            "grdp[previous]",
            "staff[2020, country]",
            "share[parent, base]",
            "`not-plain`",
            "@2025-07-01",
            "period_end",
            "grdp[2021/2025]",
            "0",
            "1",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operators = vec!["+", "-", "*", "/", "and", "or"];
        let comparisons = vec!["=", "!=", "<", "<=", ">", ">="];
        let many = vec!["sum", "mean", "min", "max", "coalesce"];
        prop_oneof![
            4 => (inner.clone(), prop::sample::select(operators), inner.clone())
                .prop_map(|(l, o, r)| format!("({l}) {o} {r}")),
            1 => (inner.clone(), prop::sample::select(comparisons), inner.clone())
                .prop_map(|(l, o, r)| format!("({l}) {o} ({r})")),
            1 => inner.clone().prop_map(|of| format!("-{of}")),
            1 => inner.clone().prop_map(|of| format!("not ({of})")),
            1 => inner.clone().prop_map(|of| format!("round({of}, 2)")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("growth({a},{b})")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("if({a}, {b}, {c})")),
            1 => (prop::sample::select(many), prop::collection::vec(inner, 1..4))
                .prop_map(|(f, of)| format!("{f}({})", of.join(", "))),
        ]
    })
}

/// Texts of expressions that give money, whatever figures they are given.
fn money() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "grdp",
        "spent",
        "grdp[previous]",
        "income * people",
        "$floor * grdp",
        "round(spent, 1)",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} - ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("growth({a}, {b}) * ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) * ({b}) / ({b})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("if({a} > {b} or done, {a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b}, 0)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("mean({a}, max({b}, 0))")),
            inner.prop_map(|a| format!("-abs({a}) * (1 - share)")),
        ]
    })
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(units().into_values().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "(.|\n){0,80}", unit in any_unit()) {
        if let Err(fault) = check(&text, &unit) {
            prop_assert!(text.get(fault.span).is_some());
            prop_assert!(!fault.found.is_incomplete());
        }
    }

    #[test]
    fn no_sequence_of_words_breaks_it(words in prop::collection::vec(
        prop::sample::select(vec!["grdp", "if(", "(", ")", ",", "+", "-", "not", "and", "[previous]", "1", "30%", "sum(", "@2025-01-01", "`", "[", "$weight", "<"]),
        0..40,
    ), unit in any_unit()) {
        let text = words.join(" ");
        if let Err(fault) = check(&text, &unit) {
            prop_assert!(text.get(fault.span).is_some());
        }
    }

    #[test]
    fn printing_and_reading_back_change_nothing(text in written()) {
        if let Ok(read) = Expression::read(&text) {
            let printed = read.to_string();
            prop_assert_eq!(Expression::read(&printed), Ok(read), "{}", printed);
        }
    }

    #[test]
    fn evaluation_is_total_and_repeats_itself(
        text in prop_oneof![written(), money()],
        figures in prop::collection::vec(prop::num::i64::ANY, FIGURES.len()),
        decimals in 0u32..10,
        left_out in 0usize..40,
    ) {
        for checked in units().values().filter_map(|unit| check(&text, unit).ok()) {
            let mut given = given(&FIGURES);
            for (value, drawn) in given.0.values_mut().zip(&figures) {
                *value = Decimal::new(*drawn, decimals);
            }
            if let Some((name, _)) = FIGURES.get(left_out) {
                given.0.remove(*name);
            }
            let first = checked.evaluate(&given);
            prop_assert_eq!(&first, &checked.evaluate(&given));
            let read = Expression::read(&text).expect("it was checked");
            let named = read.inputs();
            prop_assert!(first.used.iter().all(|input| named.contains(&input)));
            // Where all figures are given only arithmetic can fail.
            if let Err(Missing::Figure(input)) = &first.value {
                prop_assert!(!given.0.contains_key(&input.to_string()));
            }
        }
    }
}
