//! Indicators that are computed: what their definitions may say, and what an official reads when one does not hold.

use std::collections::BTreeMap;

use catalogue::expression::{Figures, Input};
use catalogue::{
    Definition, FaultCode, Formula, Id, Indicator, UNVERIFIED, Unit, canonical_json, check,
    from_canonical, needs, parse, print,
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use viet::Lang;

fn text(id: &str, unit: &str, merger: &str, more: &str) -> String {
    format!(
        r#"[def]
kind = "indicator"
id = "{id}"
version = "1"
label = {{ vi = "Chỉ số {id}", en = "Indicator {id}" }}
source = "chưa xác định"

[value]
unit = {unit}
direction = "higher_is_better"
decimals = 1

[series]
periodicity = "year"
prevailing = {{ stages = ["official"], vintage = "latest" }}
merger = "{merger}"
merger_source = "chưa xác định"
source_agency = {{ vi = "Cơ quan thống kê", en = "Statistics office" }}
{more}"#
    )
}

const PERSON: &str = r#"{ count = { vi = "người", en = "people" } }"#;

fn read(text: &str) -> Definition {
    parse("indicators/mau.toml", text).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

/// Two indicators to compute with.
fn parts() -> Vec<Definition> {
    vec![
        read(&text("grdp", "\"billion_vnd\"", "sum", "")),
        read(&text("spent", "\"billion_vnd\"", "sum", "")),
        read(&text("people", PERSON, "sum", "")),
    ]
}

fn expression(of: &str) -> String {
    format!("\n[[computed]]\nsource = \"tự đặt\"\nformula.expression = \"{of}\"\n")
}

fn share(more: &str) -> String {
    text("share", "\"percent\"", "recompute_from_parts", more)
}

/// Every fault of an indicator beside the two parts, rendered.
fn faults(text: &str) -> Vec<catalogue::Fault> {
    match parse("indicators/share.toml", text) {
        Err(faults) => faults,
        Ok(definition) => {
            let mut all = parts();
            all.push(definition);
            check(&all)
        }
    }
}

fn codes(text: &str) -> Vec<FaultCode> {
    faults(text).iter().map(|fault| fault.code).collect()
}

fn rendered(text: &str, lang: Lang) -> String {
    faults(text)
        .iter()
        .map(|fault| fault.render(lang))
        .collect()
}

const TFP: &str = r#"
[[computed]]
source = "tự đặt"
formula.method = { name = "tfp", result = "contribution_of_tfp", inputs = [
  { role = "output", indicator = "grdp" },
  { role = "employed", indicator = "people" },
  { role = "investment", indicator = "spent" },
] }
parameters = [
  { id = "depreciation", value = "0.05", min = "0.05", max = "0.07", source = "tự đặt" },
  { id = "initial", choice = "steady_growth", source = "tự đặt" },
  { id = "timing", choice = "year_end", source = "tự đặt" },
  { id = "labour_share", source = "chưa xác định" },
  { id = "period", choice = "A", source = "tự đặt" },
  { id = "smallest_growth", value = "0.005", source = "tự đặt" },
]
"#;

#[test]
fn good_ones_have_no_fault() {
    let ratio = "\n[[computed]]\nsource = \"tự đặt\"\nformula.ratio = { numerator = \"spent\", denominator = \"grdp\" }\n";
    let aggregation = "aggregation = { over_time = \"recompute_from_parts\", over_area = \"recompute_from_parts\", collected_at = \"province\", source = \"tự đặt\" }\ndue_after_days = 15\ndue_source = \"chưa xác định\"\n";
    for more in [
        expression("spent / grdp"),
        ratio.to_owned(),
        format!("{aggregation}{ratio}"),
        TFP.to_owned(),
        format!(
            "{}valid_to = \"2025-07-01\"\n{}valid_from = \"2025-07-01\"\n",
            expression("spent / grdp"),
            expression("spent[previous] / grdp[previous]")
        ),
    ] {
        assert_eq!(rendered(&share(&more), Lang::En), "", "{more}");
        let definition = read(&share(&more));
        let printed = print(&definition).expect("printable");
        assert_eq!(read(&printed), definition, "{printed}");
        let kept = from_canonical(&canonical_json(&definition)).expect("canonical");
        assert_eq!(kept, definition);
    }
}

#[test]
fn faults_are_told_with_place_and_nearest_name() {
    for (name, more) in [
        ("computed_unit", expression("spent + people")),
        ("computed_misspelt_indicator", expression("spnet / grdp")),
        ("computed_factor", expression("spent / grdp * 100")),
        ("computed_syntax", expression("(spent / grdp")),
        (
            "computed_no_such_formula",
            expression("1").replace("formula.expression", "formula.expresion"),
        ),
        ("computed_no_such_method", TFP.replace("\"tfp\"", "\"tpf\"")),
        (
            "computed_no_such_result",
            TFP.replace("contribution_of_tfp", "contribution_tfp"),
        ),
        (
            "computed_no_such_role",
            TFP.replace("\"employed\"", "\"employment\""),
        ),
        ("computed_role_unit", TFP.replace("\"people\"", "\"grdp\"")),
        (
            "computed_no_such_parameter",
            TFP.replace("\"timing\"", "\"timming\""),
        ),
        (
            "computed_no_such_choice",
            TFP.replace("\"year_end\"", "\"year-end\""),
        ),
    ] {
        insta::assert_snapshot!(name, rendered(&share(&more), Lang::Vi));
    }
    insta::assert_snapshot!(
        "computed_unit_en",
        rendered(&share(&expression("spent + people")), Lang::En)
    );
}

#[test]
fn what_contradicts_itself_is_refused() {
    use FaultCode::{Duplicate, MissingKey, UnknownReference, WrongUnit, WrongValue};
    let ratio = |above: &str, below: &str| {
        format!(
            "\n[[computed]]\nsource = \"x\"\nformula.ratio = {{ numerator = \"{above}\", denominator = \"{below}\" }}\n"
        )
    };
    let aggregation = |time: &str, area: &str| {
        format!(
            "aggregation = {{ over_time = \"{time}\", over_area = \"{area}\", collected_at = \"commune\", source = \"x\" }}\n"
        )
    };
    for (more, expected) in [
        (ratio("spent", "grpd"), vec![UnknownReference]),
        (ratio("spent", "people"), vec![WrongUnit]),
        (aggregation("sum", "not_combined"), vec![WrongValue]),
        (aggregation("last", "sum"), vec![WrongValue]),
        (aggregation("last", "distinct"), vec![WrongValue]),
        (aggregation("last", "weighted_mean"), vec![MissingKey]),
        (
            aggregation("last", "recompute_from_parts"),
            vec![MissingKey],
        ),
        (
            aggregation("last", "weighted_mean").replace("source", "weight = \"poeple\", source"),
            vec![UnknownReference],
        ),
        ("due_after_days = 5\n".to_owned(), vec![MissingKey]),
        (
            expression("spent / grdp") + &expression("grdp / spent"),
            vec![WrongValue],
        ),
        (
            TFP.replace("value = \"0.05\"", "value = \"0.08\""),
            vec![WrongValue],
        ),
        (
            TFP.replace("max = \"0.07\"", "max = \"1.07\""),
            vec![WrongValue],
        ),
        (
            TFP.replace(
                "{ id = \"labour_share\", source = \"chưa xác định\" }",
                "{ id = \"labour_share\", source = \"x\" }",
            ),
            vec![WrongValue],
        ),
        (
            TFP.replace(
                "  { id = \"labour_share\", source = \"chưa xác định\" },\n",
                "",
            ),
            vec![MissingKey],
        ),
        (
            TFP.replace("role = \"employed\"", "role = \"output\""),
            vec![Duplicate, MissingKey],
        ),
        (
            TFP.replace(
                "indicator = \"spent\"",
                "indicator = \"spent\", most = \"5\"",
            ),
            vec![WrongValue],
        ),
        (
            TFP.replace("contribution_of_tfp", "tfp")
                .replace("\"percent\"", "\"index\""),
            vec![],
        ),
    ] {
        assert_eq!(codes(&share(&more)), expected, "{more}");
    }
}

#[test]
fn a_circle_is_told_as_a_path() {
    let money = |id: &str, of: &str| read(&text(id, "\"billion_vnd\"", "sum", &expression(of)));
    let all = [
        money("a", "b + c"),
        money("b", "c"),
        money("c", "a[previous]"),
        money("d", "a"),
    ];
    let told: Vec<String> = check(&all)
        .iter()
        .map(|fault| fault.found.en.clone())
        .collect();
    assert_eq!(
        told,
        ["an indicator is computed from itself: a → b → c → a"]
    );
    let alone = [money("a", "a[previous] + 0")];
    assert_eq!(
        check(&alone)[0].found.en,
        "an indicator is computed from itself: a → a"
    );
}

#[test]
fn what_an_indicator_needs_is_followed_all_the_way_down() {
    let all = [
        read(&text("a", "\"billion_vnd\"", "sum", "")),
        read(&text(
            "b",
            "\"billion_vnd\"",
            "sum",
            &expression("a - missing"),
        )),
        read(&share(
            &(expression("b / a") + "valid_from = \"2020-01-01\"\n"),
        )),
    ];
    let indicators = || {
        all.iter().filter_map(|definition| match definition {
            Definition::Indicator(indicator) => Some(indicator),
            _ => None,
        })
    };
    let id: Id = "share".parse().expect("an id");
    let words = |ids: &[Id]| ids.iter().map(Id::to_string).collect::<Vec<_>>();
    let found = needs(indicators(), &id, date(2024, 12, 31));
    assert_eq!(words(&found.computed), ["b", "share"]);
    assert_eq!(words(&found.observed), ["a", "missing"]);
    let before = needs(indicators(), &id, date(2019, 12, 31));
    assert_eq!(
        (words(&before.computed), words(&before.observed)),
        (vec![], vec!["share".to_owned()])
    );
}

/// What 0.1.0 wrote into journals must read back and keep its hash.
#[test]
fn definitions_of_the_first_release_keep_their_hash() {
    let kept = r#"{"def":{"basis":[{"document":"07-NQ/TU","note":"x","passage":"II"}],"id":"share","kind":"indicator","label":{"en":"S","vi":"T"},"version":"1"},"linking":{"terms":["t"]},"series":{"merger":"recompute_from_parts","merger_source":"x","periodicity":"year","prevailing":{"stages":["official"],"vintage":"latest"},"source_agency":{"en":"a","vi":"a"}},"value":{"decimals":1,"denominator":{"en":"d","vi":"d"},"direction":"higher_is_better","numerator":{"en":"n","vi":"n"},"plausible":{"max":"100","min":"0"},"unit":"percent"}}"#;
    let definition = from_canonical(kept.as_bytes()).expect("canonical");
    assert_eq!(String::from_utf8_lossy(&canonical_json(&definition)), kept);
}

fn indicators() -> Vec<Indicator> {
    let of = |definition| match definition {
        Definition::Indicator(indicator) => Some(indicator),
        _ => None,
    };
    crate::all().into_iter().filter_map(of).collect()
}

#[test]
fn every_indicator_of_the_product_says_how_it_is_combined_and_where_it_is_collected() {
    for indicator in indicators() {
        let id = &indicator.def.id;
        assert!(indicator.series.aggregation.is_some(), "{id}");
        assert!(!indicator.series.source_agency.vi.is_empty(), "{id}");
        // Where the parts of a quotient are known they are known as indicators.
        let parts = indicator.value.numerator.as_ref();
        if parts.is_some_and(|parts| !parts.vi.contains(UNVERIFIED)) {
            assert!(!indicator.computed.is_empty(), "{id}");
        }
    }
}

#[test]
fn whatever_a_computed_indicator_of_the_product_needs_is_defined() {
    let all = indicators();
    let mut computed = 0;
    for indicator in &all {
        let found = needs(&all, &indicator.def.id, date(2025, 12, 31));
        computed += usize::from(!found.computed.is_empty());
        for id in found.observed.iter().chain(&found.computed) {
            assert!(all.iter().any(|one| one.def.id == *id), "{id}");
        }
    }
    assert!(computed >= 20, "{computed}");
    let tfp: Id = "tfp_contribution_to_growth".parse().expect("an id");
    let words: Vec<String> = needs(&all, &tfp, date(2025, 12, 31))
        .observed
        .iter()
        .map(Id::to_string)
        .collect();
    assert_eq!(
        words,
        [
            "employed_persons",
            "grdp_constant_2010",
            "investment_constant_2010"
        ]
    );
    let ways = all.iter().flat_map(|one| &one.computed);
    let methods = ways.filter(|way| matches!(way.formula, Formula::Method(_)));
    assert!(methods.count() >= 4);
}

/// Figures by the name of their indicator, the same in every period but the one before.
struct Year<'a>(&'a [(&'a str, &'a str)]);

impl Figures for Year<'_> {
    fn figure(&self, input: &Input) -> Option<Decimal> {
        let name = input.to_string();
        let found = self.0.iter().find(|(known, _)| *known == name)?;
        found.1.parse().ok()
    }

    fn parameter(&self, _: &Id) -> Option<Decimal> {
        None
    }

    fn first_day(&self) -> Date {
        date(2023, 1, 1)
    }

    fn last_day(&self) -> Date {
        date(2023, 12, 31)
    }
}

/// Published figures go in; what was published for the result comes out.
#[test]
fn the_formulas_of_the_product_give_published_figures() {
    let all = indicators();
    let units: BTreeMap<&str, &Unit> = all
        .iter()
        .map(|one| (one.def.id.as_str(), &one.value.unit))
        .collect();
    let value = |id: &str, figures: &[(&str, &str)], places: u32| {
        let indicator = all.iter().find(|one| one.def.id.as_str() == id).expect(id);
        let computed = indicator.computed_on(date(2023, 12, 31)).expect(id);
        let checked = computed.checked(&units, &indicator.value.unit);
        let checked = checked.expect("sound").expect("an expression");
        let evaluation = checked.evaluate(&Year(figures));
        evaluation
            .value
            .map(|value| value.round_dp(places).to_string())
    };
    // Kon Tum's published levels, in billion đồng and persons; the quotients were not published.
    let levels = [
        ("grdp_constant_2010", "20225"),
        ("grdp_constant_2010[same_period_last_year]", "18938.78"),
        ("grdp_current", "26698.59"),
        ("population_average", "568780"),
    ];
    assert_eq!(value("grdp_growth", &levels, 2), Ok("6.79".to_owned()));
    assert_eq!(value("grdp_per_capita", &levels, 2), Ok("46.94".to_owned()));
    // Kon Tum, 12/2023: 294 enterprises were published as 65 %, 86 as 19 %.
    let firms = [
        ("smes_total", "452"),
        ("smes_accessing_digital_platforms", "294"),
        ("smes_using_digital_platforms", "86"),
    ];
    assert_eq!(
        value("smes_accessing_digital_platforms_pct", &firms, 0),
        Ok("65".to_owned())
    );
    assert_eq!(
        value("smes_using_digital_platforms_pct", &firms, 0),
        Ok("19".to_owned())
    );
    // The country, 2023, in hundredths of its GDP: 7.42 + 4.91 = 12.33.
    let parts = [
        ("core_digital_value_added", "7.42"),
        ("digitalised_value_added", "4.91"),
    ];
    assert_eq!(
        value("digital_economy_value_added", &parts, 2),
        Ok("12.33".to_owned())
    );
    let missing = value("digital_economy_value_added", &parts[..1], 2).expect_err("one part");
    let name = |id: &Id| {
        all.iter()
            .find(|one| one.def.id == *id)
            .map(|one| one.def.label.clone())
    };
    assert_eq!(
        missing.reason(name).vi,
        "không có số liệu: Giá trị tăng thêm do số hóa ở các ngành ngoài lõi"
    );
}

#[test]
fn what_must_hold_between_stated_figures_is_checked_like_a_formula() {
    let relation = |of: &str, tolerance: &str| {
        format!(
            "\n[[relations]]\nexpression = \"{of}\"\ntolerance = \"{tolerance}\"\nsource = \"tự đặt\"\n"
        )
    };
    let good = share(&relation("spent / grdp", "0.1"));
    assert_eq!(rendered(&good, Lang::En), "");
    let definition = read(&good);
    let kept = from_canonical(&canonical_json(&definition)).expect("canonical");
    assert_eq!(kept, definition);
    for (of, tolerance, code) in [
        ("spent + people", "0.1", FaultCode::WrongUnit),
        ("spent * grdp", "0.1", FaultCode::WrongUnit),
        ("spnet / grdp", "0.1", FaultCode::UnknownReference),
        ("spent / grdp", "-1", FaultCode::WrongValue),
    ] {
        let told = codes(&share(&relation(of, tolerance)));
        assert_eq!(told, [code], "{of}");
    }
    let told = rendered(&share(&relation("spnet / grdp", "0")), Lang::En);
    assert!(
        told.contains("did you mean `spent`") && told.contains("expression = \"spnet / grdp\""),
        "{told}"
    );
}
