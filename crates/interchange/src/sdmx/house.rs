//! The structure of our own figures: frequency, indicator, area, stage, time.

use std::collections::{BTreeMap, HashSet};

use catalogue::{Label, Stage, Unit};
use rust_decimal::Decimal;
use viet::{AreaKey, Lang, Period};

use super::{
    Attribute, BadName, BadStructure, Code, Codelist, Dimension, Kind, Name, Observation,
    Structure, period,
};

/// Why a structure cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// A code or name that SDMX does not take.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Parts that do not fit.
    #[error(transparent)]
    Structure(#[from] BadStructure),
}

/// An indicator as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorCode {
    /// Its identifier.
    pub id: catalogue::Id,
    /// Its name.
    pub name: Label,
    /// The unit of its values.
    pub unit: Unit,
}

/// An area as a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaCode {
    /// One life of the area.
    pub key: AreaKey,
    /// Its name.
    pub name: Label,
    /// The area it belongs to.
    pub parent: Option<AreaKey>,
}

/// A figure as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Identifier of the indicator.
    pub indicator: catalogue::Id,
    /// The area.
    pub area: AreaKey,
    /// The period.
    pub period: Period,
    /// How far it has come.
    pub stage: Stage,
    /// The value.
    pub value: Option<Decimal>,
    /// The unit of the value.
    pub unit: Unit,
    /// What stands above the line of a ratio.
    pub numerator: Option<Decimal>,
    /// What stands below it.
    pub denominator: Option<Decimal>,
    /// The day on which it was published.
    pub vintage: jiff::civil::Date,
    /// Where it was read.
    pub source: String,
    /// How it was computed.
    pub method: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

/// The flow `INDICATORS` of an agency over indicators and areas.
///
/// # Errors
/// When a code is none that SDMX takes.
pub fn structure(
    agency: (Name, Label),
    version: &str,
    indicators: &[IndicatorCode],
    areas: &[AreaCode],
) -> Result<Structure, HouseError> {
    let mut codes = Vec::new();
    let mut units = BTreeMap::new();
    for indicator in indicators {
        codes.push(Code::new(indicator.id.as_str(), indicator.name.clone())?);
        units.insert(unit_code(&indicator.unit), unit_name(&indicator.unit));
    }
    let keys: HashSet<AreaKey> = areas.iter().map(|area| area.key).collect();
    let known = |key: &AreaKey| keys.contains(key);
    let mut places = Vec::new();
    for area in areas {
        let code = Code::new(area.key.to_string(), area.name.clone())?;
        places.push(match area.parent.filter(known) {
            Some(parent) => code.below(parent.to_string()),
            None => code,
        });
    }
    let frequencies = [
        ("A", "Năm", "Annual"),
        ("S", "Nửa năm", "Half-yearly"),
        ("Q", "Quý", "Quarterly"),
        ("M", "Tháng", "Monthly"),
        ("_O", "Khác", "Other"),
    ];
    let stages = Stage::ALL.map(|s| (s.word(), s.label(Lang::Vi), s.label(Lang::En)));
    let dimensions = vec![
        dimension(
            "FREQ",
            "CL_FREQ",
            ("Định kỳ", "Frequency"),
            fixed(&frequencies)?,
        )?,
        dimension("INDICATOR", "CL_INDICATOR", ("Chỉ số", "Indicator"), codes)?,
        dimension("REF_AREA", "CL_AREA", ("Địa bàn", "Reference area"), places)?,
        dimension(
            "STAGE",
            "CL_STAGE",
            ("Loại số liệu", "Stage"),
            fixed(&stages)?,
        )?,
    ];
    let units = units
        .into_iter()
        .map(|(code, name)| Code::new(code, name))
        .collect::<Result<_, _>>()?;
    let unit_name = Label::new("Đơn vị tính", "Unit of measure");
    let units = Codelist::new(Name::new("CL_UNIT")?, unit_name.clone(), units);
    let attribute = |id: &str, vi: &str, en: &str, kind| -> Result<Attribute, BadName> {
        let name = Label::new(vi, en);
        Ok(Attribute {
            id: Name::new(id)?,
            name,
            kind,
        })
    };
    let attributes = vec![
        attribute(
            "UNIT_MEASURE",
            &unit_name.vi,
            &unit_name.en,
            Kind::Coded(units),
        )?,
        attribute("VINTAGE", "Ngày công bố", "Day of publication", Kind::Day)?,
        attribute("SOURCE", "Nguồn số liệu", "Source", Kind::Text)?,
        attribute("NUMERATOR", "Tử số", "Numerator", Kind::Decimal)?,
        attribute("DENOMINATOR", "Mẫu số", "Denominator", Kind::Decimal)?,
        attribute("METHOD", "Phương pháp", "Method", Kind::Text)?,
        attribute("NOTE", "Ghi chú", "Note", Kind::Text)?,
    ];
    let flow = (
        Name::new("INDICATORS")?,
        Label::new("Chỉ số theo dõi", "Indicators"),
    );
    Ok(Structure::new(
        agency, flow, version, dimensions, attributes,
    )?)
}

fn fixed(codes: &[(&str, &str, &str)]) -> Result<Vec<Code>, BadName> {
    let made = codes
        .iter()
        .map(|(id, vi, en)| Code::new(*id, Label::new(*vi, *en)));
    made.collect()
}

fn dimension(
    id: &str,
    list: &str,
    (vi, en): (&str, &str),
    codes: Vec<Code>,
) -> Result<Dimension, BadName> {
    let name = Label::new(vi, en);
    Ok(Dimension {
        id: Name::new(id)?,
        name: name.clone(),
        codes: Codelist::new(Name::new(list)?, name, codes),
    })
}

fn unit_code(unit: &Unit) -> &'static str {
    match unit {
        Unit::Percent => "PERCENT",
        Unit::PercentPerYear => "PERCENT_PER_YEAR",
        Unit::Count(_) => "NUMBER",
        Unit::Times => "TIMES",
        Unit::Ratio => "RATIO",
        Unit::LevelOf7 => "LEVEL_OF_7",
        Unit::Rank => "RANK",
        Unit::Index => "INDEX",
        Unit::Points => "POINTS",
        Unit::Per10kPeople => "PER_10K_PEOPLE",
        Unit::YesNo => "YES_NO",
        Unit::BillionVnd => "BILLION_VND",
        Unit::MillionVndPerPerson => "MILLION_VND_PER_PERSON",
    }
}

/// The nouns of things counted differ and share one code.
fn unit_name(unit: &Unit) -> Label {
    match unit {
        Unit::Count(_) => Label::new("số lượng", "number"),
        unit => Label::new(unit.label(Lang::Vi), unit.label(Lang::En)),
    }
}

/// A figure as an observation of [`structure()`].
pub fn observation(figure: &Figure) -> Observation {
    let decimal = |number: Option<Decimal>| number.map(|n| n.to_string());
    Observation {
        key: vec![
            period::frequency(figure.period).to_owned(),
            figure.indicator.to_string(),
            figure.area.to_string(),
            figure.stage.word().to_owned(),
        ],
        time: figure.period,
        value: figure.value,
        attributes: vec![
            Some(unit_code(&figure.unit).to_owned()),
            Some(figure.vintage.to_string()),
            Some(figure.source.clone()),
            decimal(figure.numerator),
            decimal(figure.denominator),
            figure.method.clone(),
            figure.note.clone(),
        ],
    }
}

/// What an observation of [`structure()`] says, before it is checked against the definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Identifier of the indicator.
    pub indicator: catalogue::Id,
    /// The area.
    pub area: AreaKey,
    /// The period.
    pub period: Period,
    /// How far it has come.
    pub stage: Stage,
    /// The value; none when it is missing.
    pub value: Option<Decimal>,
    /// What stands above the line of a ratio.
    pub numerator: Option<Decimal>,
    /// What stands below it.
    pub denominator: Option<Decimal>,
    /// The day on which it was published.
    pub vintage: Option<jiff::civil::Date>,
    /// Where it was read.
    pub source: Option<String>,
    /// How it was computed.
    pub method: Option<String>,
    /// What a reader must know.
    pub note: Option<String>,
}

/// Takes an observation of [`structure()`] apart.
///
/// # Errors
/// The name of the component that does not hold what it should: the frequency of another period, a vintage
/// that is no day, a part that is no number.
pub fn incoming(observation: &Observation) -> Result<Incoming, &'static str> {
    let code = |at: usize| observation.key.get(at).map_or("", String::as_str);
    let said = |at: usize| observation.attributes.get(at).cloned().flatten();
    let number = |at: usize, name: &'static str| match said(at) {
        Some(text) => Decimal::from_str_exact(&text).map(Some).map_err(|_| name),
        None => Ok(None),
    };
    if code(0) != period::frequency(observation.time) {
        return Err("FREQ");
    }
    Ok(Incoming {
        indicator: code(1).parse().map_err(|_| "INDICATOR")?,
        area: code(2).parse().map_err(|_| "REF_AREA")?,
        stage: Stage::from_word(code(3)).ok_or("STAGE")?,
        period: observation.time,
        value: observation.value,
        vintage: said(1)
            .map(|day| day.parse().map_err(|_| "VINTAGE"))
            .transpose()?,
        source: said(2),
        numerator: number(3, "NUMERATOR")?,
        denominator: number(4, "DENOMINATOR")?,
        method: said(5),
        note: said(6),
    })
}
