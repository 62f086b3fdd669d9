//! Our definitions and figures as SDMX has them.

use std::collections::BTreeSet;

use activation::Directory;
use catalogue::{Label, Stage, Unit};
use interchange::sdmx::house::{self, AreaCode, Figure, IndicatorCode};
use interchange::sdmx::{self, Name, Structure};
use jiff::civil::Date;
use observation::{Observation, PeriodKind, Wanted};
use viet::AreaKey;

use crate::failure::Failure;

/// The version of the structure's artefacts.
const VERSION: &str = "1.0";

/// The flow of indicators by the definitions in force.
pub fn structure(directory: &Directory, day: Date) -> Result<Structure, Failure> {
    let mut indicators: Vec<IndicatorCode> = directory
        .indicators()
        .list()
        .map(|pinned| IndicatorCode {
            id: pinned.definition.def.id.clone(),
            name: pinned.definition.def.label.clone(),
            unit: pinned.definition.value.unit.clone(),
        })
        .collect();
    indicators.sort_by(|a, b| a.id.cmp(&b.id));
    let areas: Vec<AreaCode> = directory
        .areas()
        .all()
        .map(|area| AreaCode {
            key: area.key(),
            name: Label::new(area.full_name.as_str(), area.full_name.as_str()),
            parent: area.parent,
        })
        .collect();
    house::structure(agency(directory, day)?, VERSION, &indicators, &areas)
        .map_err(|error| Failure::Broken(error.to_string()))
}

/// Whose figures they are: the province in which all organisations lie, otherwise the country.
fn agency(directory: &Directory, day: Date) -> Result<(Name, Label), Failure> {
    let organisations = directory.organisations().list(day);
    let provinces: BTreeSet<AreaKey> = organisations
        .iter()
        .flat_map(|organisation| directory.areas().provinces_of(organisation.area, day))
        .collect();
    let one = match provinces.len() {
        1 => provinces
            .first()
            .and_then(|key| directory.areas().get(*key)),
        _ => None,
    };
    let (id, name) = match one {
        Some(area) => (
            format!("VN{}", area.code),
            area.full_name_on(day).to_owned(),
        ),
        None => ("VN".to_owned(), "Việt Nam".to_owned()),
    };
    let id = Name::new(id).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok((id, Label::new(name.as_str(), name.as_str())))
}

/// An observation as it leaves.
pub fn outgoing(observation: &Observation, unit: &Unit) -> sdmx::Observation {
    let figure = &observation.figure;
    house::observation(&Figure {
        indicator: observation.key.indicator.clone(),
        area: observation.key.area,
        period: figure.period,
        stage: figure.stage,
        value: Some(figure.value),
        unit: unit.clone(),
        numerator: figure.numerator,
        denominator: figure.denominator,
        vintage: figure.vintage,
        source: figure.source.clone(),
        method: figure.method.clone(),
        note: figure.note.clone(),
    })
}

/// The places of the dimensions in the key.
const FREQ: usize = 0;
const INDICATOR: usize = 1;
const REF_AREA: usize = 2;
const STAGE: usize = 3;

/// What the codes of a key ask for; none when no code of a dimension means anything, so that nothing can match.
/// Codes of no meaning beside others are passed over, as the standard advises.
pub fn wanted(key: &[Vec<String>]) -> Option<Wanted> {
    let codes = |at: usize| key.get(at).map_or(&[][..], Vec::as_slice);
    Some(Wanted {
        kinds: meant(codes(FREQ), |code| {
            Some(kinds(code)).filter(|kinds| !kinds.is_empty())
        })?
        .into_iter()
        .flatten()
        .copied()
        .collect(),
        indicators: meant(codes(INDICATOR), |code| code.parse().ok())?,
        areas: meant(codes(REF_AREA), |code| code.parse().ok())?,
        stages: meant(codes(STAGE), Stage::from_word)?,
        ..Wanted::default()
    })
}

/// The same without what the code of a dimension asks.
pub fn without(wanted: &Wanted, dimension: usize) -> Wanted {
    let mut freed = wanted.clone();
    match dimension {
        FREQ => freed.kinds.clear(),
        INDICATOR => freed.indicators.clear(),
        REF_AREA => freed.areas.clear(),
        STAGE => freed.stages.clear(),
        _ => {}
    }
    freed
}

fn meant<T>(codes: &[String], read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let found: Vec<T> = codes.iter().filter_map(|code| read(code)).collect();
    (codes.is_empty() || !found.is_empty()).then_some(found)
}

/// The kinds of periods of a frequency.
fn kinds(code: &str) -> &'static [PeriodKind] {
    match code {
        "A" => &[PeriodKind::Year],
        "S" => &[PeriodKind::HalfYear],
        "Q" => &[PeriodKind::Quarter],
        "M" => &[PeriodKind::Month],
        "_O" => &[PeriodKind::NineMonths, PeriodKind::Years],
        _ => &[],
    }
}

/// The frequency of a kind of period.
pub fn frequency(kind: PeriodKind) -> &'static str {
    ["A", "S", "Q", "M"]
        .into_iter()
        .find(|code| kinds(code).contains(&kind))
        .unwrap_or("_O")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_those_of_the_periods() {
        for text in [
            "2025",
            "2025-H1",
            "2025-Q3",
            "2025-M04",
            "2025-9M",
            "2021/2025",
        ] {
            let period = text.parse().expect("a period");
            let code = sdmx::period::frequency(period);
            let kind = PeriodKind::of(period);
            assert!(kinds(code).contains(&kind), "{text}");
            assert_eq!(frequency(kind), code);
        }
    }

    #[test]
    fn codes_without_meaning_match_nothing() {
        let key = |parts: [&str; 4]| {
            let codes = parts.map(|part| {
                part.split('+')
                    .filter(|c| !c.is_empty())
                    .map(str::to_owned)
                    .collect()
            });
            wanted(&codes)
        };
        assert_eq!(key(["", "", "", ""]), Some(Wanted::default()));
        let some = key(["_O", "tfp", "66@2025-07-01+nowhere", "official"]).expect("something");
        assert_eq!(
            (some.kinds.len(), some.areas.len(), some.stages.len()),
            (2, 1, 1)
        );
        for nothing in [
            ["X", "", "", ""],
            ["", "", "nowhere", ""],
            ["", "", "", "final"],
        ] {
            assert_eq!(key(nothing), None, "{nothing:?}");
        }
    }
}
