use catalogue::{Stage, Unit};
use jiff::civil::Date;
use proptest::prelude::*;

use super::availability::Availability;
use super::csv::{CsvError, CsvReader};
use super::data::{DataFormat, DataSet, DataWriter, Detail, Layout, Options};
use super::house::{AreaCode, Figure, IndicatorCode};
use super::query::{DataQuery, StructureQuery};
use super::structure::{Resource, Selection};
use super::*;

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn sample() -> Structure {
    let indicator = |id: &str, unit| IndicatorCode {
        id: id.parse().expect("an id"),
        name: Label::new("Chỉ số", "Indicator"),
        unit,
    };
    let area = |key: &str| AreaCode {
        key: key.parse().expect("an area"),
        name: Label::new("Đắk Lắk", "Dak Lak"),
        parent: None,
    };
    house::structure(
        (name("VN66"), Label::new("Tỉnh", "Province")),
        "1.0",
        &[
            indicator("tfp", Unit::Percent),
            indicator("firms", Unit::Rank),
        ],
        &[area("66@2025-07-01"), area("VN@")],
    )
    .expect("a structure")
}

fn header() -> Header {
    Header {
        id: name("T"),
        prepared: "2026-10-01T00:00:00Z".parse().expect("a moment"),
        sender: name("VN66"),
    }
}

fn figure(period: &str, value: Option<&str>) -> Figure {
    Figure {
        indicator: "tfp".parse().expect("an id"),
        area: "66@2025-07-01".parse().expect("an area"),
        period: period.parse().expect("a period"),
        stage: Stage::Official,
        value: value.map(|v| v.parse().expect("a decimal")),
        unit: Unit::Percent,
        numerator: None,
        denominator: None,
        vintage: Date::constant(2026, 10, 1),
        source: "mục \"5\", dòng\n2".to_owned(),
        method: None,
        note: Some("=1+1".to_owned()),
    }
}

fn written(options: Options, all: &[Observation]) -> String {
    let structure = sample();
    let mut out = DataWriter::begin(Vec::new(), &structure, &header(), options).unwrap();
    for one in all {
        out.push(one).unwrap();
    }
    String::from_utf8(out.end().unwrap()).unwrap()
}

/// The rows of a table, or the faults of its first faulty row.
fn read(text: &str) -> Result<Vec<csv::Row>, Vec<crate::cell::CellFault>> {
    let structure = sample();
    let mut reader = CsvReader::begin(text.as_bytes(), &structure).expect("SDMX-CSV");
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().expect("a table") {
        rows.push(row?);
    }
    Ok(rows)
}

#[test]
fn names_are_checked() {
    for good in ["A", "CL_AREA", "x-1"] {
        assert!(Name::new(good).is_ok(), "{good}");
    }
    for bad in ["", "1a", "a.b", "_O", "đ", "a b"] {
        assert!(Name::new(bad).is_err(), "{bad}");
    }
    let code = |id: &str| Code::new(id, Label::new("", ""));
    assert!(code("66@2025-07-01").is_ok() && code("_O").is_ok());
    assert!(code("a.b").is_err() && code("a+b").is_err() && code("").is_err());
}

#[test]
fn a_structure_of_nonsense_is_refused() {
    let parts = || (sample().dimensions, sample().attributes);
    let make = |version: &str, dimensions, attributes| {
        let label = || Label::new("x", "x");
        Structure::new(
            (name("A"), label()),
            (name("F"), label()),
            version,
            dimensions,
            attributes,
        )
    };
    let (dimensions, attributes) = parts();
    assert!(make("1.0", dimensions.clone(), attributes.clone()).is_ok());
    assert_eq!(
        make("v1", dimensions.clone(), Vec::new()),
        Err(BadStructure::Version("v1".into()))
    );
    assert_eq!(
        make("1.0", Vec::new(), attributes),
        Err(BadStructure::Empty)
    );
    let twice = [dimensions.clone(), dimensions].concat();
    assert_eq!(
        make("1.0", twice, Vec::new()),
        Err(BadStructure::Twice(name("FREQ")))
    );
}

#[test]
fn details_and_layouts() {
    let all = [
        house::observation(&figure("2025", Some("1.50"))),
        house::observation(&figure("2026", None)),
    ];
    let ml = |layout, detail| {
        let options = Options {
            format: DataFormat::Ml21,
            layout,
            detail,
        };
        let text = written(options, &all);
        let set = text
            .split_once("ss:action=\"Information\">")
            .expect("a set")
            .1
            .to_owned();
        set.split_once("</mes:DataSet>")
            .expect("its end")
            .0
            .to_owned()
    };
    let series =
        "<Series FREQ=\"A\" INDICATOR=\"tfp\" REF_AREA=\"66@2025-07-01\" STAGE=\"official\">";
    assert_eq!(
        ml(Layout::Series, Detail::DataOnly),
        format!(
            "{series}<Obs TIME_PERIOD=\"2025\" OBS_VALUE=\"1.50\"/><Obs TIME_PERIOD=\"2026\"/></Series>"
        )
    );
    assert_eq!(
        ml(Layout::Series, Detail::SeriesKeysOnly),
        format!("{series}</Series>")
    );
    let flat = ml(Layout::Flat, Detail::Full);
    assert!(flat.starts_with("<Obs FREQ=\"A\" INDICATOR=\"tfp\" REF_AREA=\"66@2025-07-01\" STAGE=\"official\" TIME_PERIOD=\"2025\" OBS_VALUE=\"1.50\" UNIT_MEASURE=\"PERCENT\""));
    let keys = Options {
        detail: Detail::SeriesKeysOnly,
        ..Options::new(DataFormat::Csv1)
    };
    assert_eq!(
        written(keys, &all).lines().nth(1),
        Some("VN66:INDICATORS(1.0),A,tfp,66@2025-07-01,official,,,,,,,,,")
    );
    assert_eq!(written(keys, &all).lines().count(), 2);
}

#[test]
fn an_observation_that_does_not_fit_is_refused() {
    let structure = sample();
    for format in DataFormat::ALL {
        let mut out =
            DataWriter::begin(Vec::new(), &structure, &header(), Options::new(format)).unwrap();
        let mut one = house::observation(&figure("2025", None));
        one.key.pop();
        assert!(out.push(&one).is_err());
    }
}

#[test]
fn actions_travel_in_csv_2() {
    let structure = sample();
    let mut out = DataWriter::begin(
        Vec::new(),
        &structure,
        &header(),
        Options::new(DataFormat::Csv2),
    )
    .unwrap();
    let one = house::observation(&figure("2025-M04", Some("-7")));
    for action in [
        Action::Replace,
        Action::Delete,
        Action::Append,
        Action::Information,
    ] {
        out.data_set(DataSet {
            action,
            ..DataSet::default()
        })
        .unwrap();
        out.push(&one).unwrap();
    }
    let text = String::from_utf8(out.end().unwrap()).unwrap();
    let rows = read(&text).unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row.action).collect();
    assert_eq!(
        actions,
        [
            Action::Replace,
            Action::Delete,
            Action::Append,
            Action::Information
        ]
    );
    assert!(rows.iter().all(|row| row.observation == one));
    assert_eq!(rows[3].row, 4);
}

#[test]
fn what_others_write_is_read() {
    let labelled = "DATAFLOW,FREQ: Frequency,INDICATOR: Indicator,REF_AREA: Area,STAGE: Stage,TIME_PERIOD: Time,OBS_VALUE: Value\n\
        VN66:INDICATORS(1.0): Indicators,A: Annual,tfp: TFP,VN@: Cả nước,official: Official,2026,1.2E3\n";
    let rows = read(labelled).unwrap();
    assert_eq!(rows[0].observation.key, ["A", "tfp", "VN@", "official"]);
    assert_eq!(rows[0].observation.value, "1200".parse().ok());
    let by_structure = "\u{feff}STRUCTURE,STRUCTURE_ID,ACTION,OBS_VALUE,TIME_PERIOD,STAGE,REF_AREA,INDICATOR,FREQ\r\n\
        datastructure,VN66:DSD_INDICATORS(1.0),M,NaN,2026-Q1,estimated,VN@,firms,Q\r\n";
    assert_eq!(read(by_structure).unwrap()[0].observation.value, None);
}

#[test]
fn faulty_cells_are_named() {
    let head = "DATAFLOW,FREQ,INDICATOR,REF_AREA,STAGE,TIME_PERIOD,OBS_VALUE\n";
    for (row, at) in [
        ("X:Y(1.0),A,tfp,VN@,official,2026,1", &["A2"][..]),
        ("VN66:INDICATORS(1.0),A,gdp,VN@,done,2026,1", &["C2", "E2"]),
        (
            "VN66:INDICATORS(1.0),A,tfp,VN@,official,2026-W1,\"1,5\"",
            &["F2", "G2"],
        ),
        ("VN66:INDICATORS(1.0),A,tfp", &["A2"]),
    ] {
        let faults = read(&format!("{head}{row}\n")).expect_err(row);
        let found: Vec<String> = faults.iter().map(|f| f.at.to_string()).collect();
        assert_eq!(found, at, "{row}");
    }
}

#[test]
fn headings_that_are_not_the_structures() {
    let structure = sample();
    let begin = |text: &str| CsvReader::begin(text.as_bytes(), &structure).map(|_| ());
    let full = "DATAFLOW,FREQ,INDICATOR,REF_AREA,STAGE,TIME_PERIOD";
    assert!(matches!(begin("a,b\n"), Err(CsvError::NotSdmx)));
    assert!(matches!(begin(""), Err(CsvError::NotSdmx)));
    assert!(matches!(begin(full), Err(CsvError::Missing(c)) if c == "OBS_VALUE"));
    assert!(matches!(begin(&format!("{full},OBS_VALUE,X")), Err(CsvError::Unknown(c)) if c == "X"));
    assert!(matches!(
        begin(&format!("{full},OBS_VALUE,FREQ")),
        Err(CsvError::Twice(_))
    ));
}

#[test]
fn a_row_without_end_is_refused() {
    let structure = sample();
    let head = &b"DATAFLOW,FREQ,INDICATOR,REF_AREA,STAGE,TIME_PERIOD,OBS_VALUE\n\""[..];
    let endless = std::io::Read::chain(head, std::io::repeat(b'x'));
    let mut reader = CsvReader::begin(endless, &structure).unwrap();
    assert!(matches!(reader.next_row(), Err(CsvError::Csv(_))));
}

#[test]
fn our_own_figures_come_back() {
    let sent = figure("2026-Q3", Some("8.70"));
    let back = house::incoming(&house::observation(&sent)).unwrap();
    assert_eq!(
        (back.indicator, back.area, back.period),
        (sent.indicator, sent.area, sent.period)
    );
    assert_eq!(
        (back.stage, back.value, back.vintage),
        (sent.stage, sent.value, Some(sent.vintage))
    );
    assert_eq!((back.source, back.note), (Some(sent.source), sent.note));
    let mut wrong = house::observation(&figure("2026", None));
    wrong.key[0] = "Q".to_owned();
    assert_eq!(house::incoming(&wrong), Err("FREQ"));
}

#[test]
fn structure_messages_hold_what_was_asked() {
    let structure = sample();
    let message = |path: &str, parameters: &[(&str, &str)]| {
        let query = StructureQuery::parse(path, parameters.iter().copied()).expect(path);
        let selection = query.select(&structure)?;
        let out = super::structure::write(Vec::new(), &structure, &header(), &selection, None);
        Some(String::from_utf8(out.unwrap()).unwrap())
    };
    let holds = |text: &str| {
        let elements = [
            "str:AgencyScheme ",
            "str:Dataflow ",
            "str:Codelist ",
            "str:ConceptScheme ",
            "str:DataStructure ",
        ];
        elements.map(|element| text.matches(&format!("<{element}")).count())
    };
    for (path, parameters, want) in [
        ("/dataflow/VN66/all/latest", &[][..], [0, 1, 0, 0, 0]),
        (
            "/dataflow/VN66/INDICATORS/latest",
            &[("references", "all")],
            [0, 1, 5, 1, 1],
        ),
        (
            "/dataflow/VN66/INDICATORS/1.0",
            &[("references", "children")],
            [0, 1, 0, 0, 1],
        ),
        (
            "/datastructure/VN66/DSD_INDICATORS/latest",
            &[("references", "all")],
            [0, 1, 5, 1, 1],
        ),
        (
            "/datastructure/all/all/latest/",
            &[("references", "parents")],
            [0, 1, 0, 0, 1],
        ),
        ("/codelist/VN66/CL_AREA/latest", &[], [0, 0, 1, 0, 0]),
        ("/codelist", &[("detail", "allstubs")], [0, 0, 5, 0, 0]),
        (
            "/conceptscheme/VN66/CS_INDICATORS",
            &[("references", "datastructure")],
            [0, 0, 0, 1, 1],
        ),
        ("/agencyscheme/SDMX/AGENCIES/1.0", &[], [1, 0, 0, 0, 0]),
        ("/structure/VN66", &[], [1, 1, 5, 1, 1]),
    ] {
        let text = message(path, parameters).expect(path);
        assert_eq!(holds(&text), want, "{path}");
    }
    assert!(
        !message("/codelist", &[("detail", "allstubs")])
            .unwrap()
            .contains("<str:Code ")
    );
    assert_eq!(message("/dataflow/OECD/all/latest", &[]), None);
    assert_eq!(message("/codelist/VN66/CL_NONE/latest", &[]), None);
    assert_eq!(message("/dataflow/VN66/INDICATORS/2.0", &[]), None);
    let unserved = StructureQuery::parse("/hierarchicalcodelist/all", []).unwrap_err();
    assert!(unserved.unsupported && unserved.reason.en.contains("codelist"));
    assert!(StructureQuery::parse("/codelist/a/b/c/all", []).is_ok());
    assert!(StructureQuery::parse("/codelist/a/b/c/d", []).is_err_and(|fault| fault.unsupported));
    assert!(StructureQuery::parse("/dataflow/a/b/c/all/d", []).is_err());
    assert!(StructureQuery::parse("/dataflow", [("refs", "all")]).is_err());
}

#[test]
fn availability_counts_what_there_is() {
    let mut availability = Availability::default();
    for (period, first, after) in [
        (
            "2025",
            Date::constant(2025, 1, 1),
            Date::constant(2026, 1, 1),
        ),
        (
            "2026-Q3",
            Date::constant(2026, 7, 1),
            Date::constant(2026, 10, 1),
        ),
    ] {
        let one = house::observation(&figure(period, None));
        availability.add(&one.key, (first, after), 1);
    }
    let structure = sample();
    let selection = Selection {
        resources: [Resource::ContentConstraint].into(),
        ..Selection::all()
    };
    let out = super::structure::write(
        Vec::new(),
        &structure,
        &header(),
        &selection,
        Some(&availability),
    );
    let text = String::from_utf8(out.unwrap()).unwrap();
    for part in [
        "<com:KeyValue id=\"FREQ\"><com:Value>A</com:Value><com:Value>Q</com:Value></com:KeyValue>",
        "<com:StartPeriod isInclusive=\"true\">2025-01-01T00:00:00</com:StartPeriod>",
        "<com:EndPeriod isInclusive=\"true\">2026-09-30T00:00:00</com:EndPeriod>",
        "<com:AnnotationTitle>2</com:AnnotationTitle>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn partial_lists_hold_what_there_are_data_for() {
    let mut availability = Availability::default();
    let one = house::observation(&figure("2025", None));
    availability.add(
        &one.key,
        (Date::constant(2025, 1, 1), Date::constant(2026, 1, 1)),
        1,
    );
    let structure = sample();
    let query = StructureQuery::parse("codelist", [("detail", "referencepartial")]).unwrap();
    let selection = query.select(&structure).unwrap();
    let out = super::structure::write(
        Vec::new(),
        &structure,
        &header(),
        &selection,
        Some(&availability),
    );
    let text = String::from_utf8(out.unwrap()).unwrap();
    assert!(
        text.contains("id=\"tfp\"") && !text.contains("id=\"firms\""),
        "{text}"
    );
    assert!(
        text.contains("<str:Code id=\"66@2025-07-01\"><com:Name"),
        "{text}"
    );
    assert_eq!(text.matches("isPartial=\"true\"").count(), 4, "{text}");
    // Units belong to an attribute.
    assert!(text.contains("id=\"RANK\""), "{text}");
}

#[test]
fn errors_are_said_in_both_languages() {
    let said = Label::new("không có", "none");
    let out = super::error::write(Vec::new(), super::error::ErrorCode::NoResults, &said).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("<mes:ErrorMessage code=\"100\"><com:Text xml:lang=\"en\">none<"),
        "{text}"
    );
}

#[test]
fn queries_of_clients() {
    let structure = sample();
    for (path, key) in [
        (
            "VN66,INDICATORS,1.0/A.tfp+firms..official",
            Some([1, 2, 0, 1]),
        ),
        ("INDICATORS", Some([0, 0, 0, 0])),
        ("INDICATORS/all/all/", Some([0, 0, 0, 0])),
        ("/VN66,INDICATORS/...", Some([0, 0, 0, 0])),
        ("INDICATORS/.tfp.66@2025-07-01./VN66", Some([0, 1, 1, 0])),
        ("INDICATORS/A.tfp", None),
    ] {
        let query = DataQuery::parse(path, []).expect(path);
        assert!(query.flow.is_flow(&structure), "{path}");
        let counts = query
            .key
            .of(&structure)
            .ok()
            .map(|key| key.iter().map(Vec::len).collect::<Vec<_>>());
        assert_eq!(counts, key.map(|k| k.to_vec()), "{path}");
    }
    assert!(
        !DataQuery::parse("OECD,INDICATORS", [])
            .unwrap()
            .flow
            .is_flow(&structure)
    );
    let query = DataQuery::parse(
        "INDICATORS",
        [
            ("startPeriod", "2025-S2"),
            ("endPeriod", "2026-10"),
            ("updatedAfter", "2026-10-01T07:00:00 07:00"),
            ("asOf", "2026-10-01"),
            ("includeHistory", "true"),
            ("detail", "dataonly"),
            ("dimensionAtObservation", "AllDimensions"),
            ("lastNObservations", "3"),
        ],
    )
    .unwrap();
    // Seven in the morning and midnight, both in Vietnam.
    let [morning, midnight] =
        ["2026-10-01T00:00:00Z", "2026-09-30T17:00:00Z"].map(|text| text.parse().ok());
    assert_eq!((query.updated_after, query.as_of), (morning, midnight));
    assert!(
        query.include_history && query.detail == Detail::DataOnly && query.layout == Layout::Flat
    );
    assert_eq!((query.first, query.last), (None, Some(3)));
    let held =
        ["2025-H1", "2025-Q3", "2026-M10", "2026"].map(|p| query.window.holds(p.parse().unwrap()));
    assert_eq!(held, [false, true, true, false]);
}

#[test]
fn queries_not_understood() {
    for (path, parameter) in [
        ("", None),
        ("a,b,c,d", None),
        ("a/b/c/d", None),
        ("a/A.+b", None),
        ("a", Some(("startPeriod", "yesterday"))),
        ("a", Some(("updatedAfter", "2026-13-01"))),
        ("a", Some(("detail", "some"))),
        ("a", Some(("includeHistory", "maybe"))),
        ("a", Some(("firstNObservations", "0"))),
        ("a", Some(("c[FREQ]", "A"))),
    ] {
        let fault = DataQuery::parse(path, parameter).expect_err(path);
        assert!(
            !fault.unsupported && !fault.reason.is_incomplete(),
            "{path}: {fault:?}"
        );
    }
    let other = DataQuery::parse("a", [("dimensionAtObservation", "FREQ")]).unwrap_err();
    assert!(other.unsupported);
}

proptest! {
    #[test]
    fn what_is_written_as_csv_is_read(
        mantissa in any::<i64>(), scale in 0u32..9, missing in any::<bool>(),
        year in 1990i16..2050, part in 0u8..14, source in "\\PC{1,20}", second in any::<bool>(),
    ) {
        let period = match part {
            0 => Period::Year(year),
            1 => Period::NineMonths(year),
            month => Period::month(year, month - 1).unwrap_or(Period::Year(year)),
        };
        let mut one = house::observation(&figure("2026", None));
        one.time = period;
        one.value = (!missing).then(|| Decimal::new(mantissa, scale));
        one.attributes[2] = Some(source);
        let format = if second { DataFormat::Csv2 } else { DataFormat::Csv1 };
        let rows = read(&written(Options::new(format), std::slice::from_ref(&one))).unwrap();
        prop_assert_eq!(&rows[0].observation, &one);
    }

    #[test]
    fn strange_addresses_do_no_harm(path in "[A-Za-z0-9,./+*@é]{0,30}", name in "\\PC{0,12}", value in "\\PC{0,20}") {
        if let Ok(query) = DataQuery::parse(&path, [(name.as_str(), value.as_str())]) {
            let _ = query.key.of(&sample());
        }
        let _ = StructureQuery::parse(&path, [(name.as_str(), value.as_str())]);
    }

    #[test]
    fn strange_tables_do_no_harm(text in "(DATAFLOW|STRUCTURE)[\",\nA-Z:é0-9]{0,60}") {
        let structure = sample();
        if let Ok(mut reader) = CsvReader::begin(text.as_bytes(), &structure) {
            while let Ok(Some(_)) = reader.next_row() {}
        }
    }
}
