//! The catalogue as the reader of documents knows it.

use activation::Directory;
use catalogue::Unit;
use reading::{IndicatorTerm, Lexicon};

/// The indicators in force with the words by which texts mean them. One without such words is known by
/// its Vietnamese name.
pub fn lexicon(directory: &Directory) -> Lexicon {
    let term = |indicator: &catalogue::Indicator| {
        let mut terms = indicator.linking.terms.clone();
        if terms.is_empty() {
            terms.push(indicator.def.label.vi.clone());
        }
        IndicatorTerm {
            id: indicator.def.id.to_string(),
            terms,
            unit_class: unit_word(&indicator.value.unit).to_owned(),
        }
    };
    Lexicon {
        indicators: directory
            .indicators()
            .list()
            .map(|pinned| term(&pinned.definition))
            .collect(),
    }
}

/// The word of a unit, as definitions and readings write it: one of [`programme::UNITS`].
pub fn unit_word(unit: &Unit) -> &'static str {
    match unit {
        Unit::Percent => "percent",
        Unit::PercentPerYear => "percent_per_year",
        Unit::Count(_) => "count",
        Unit::Times => "times",
        Unit::Ratio => "ratio",
        Unit::LevelOf7 => "level_of_7",
        Unit::Rank => "rank",
        Unit::Index => "index",
        Unit::Points => "points",
        Unit::Per10kPeople => "per_10k_people",
        Unit::YesNo => "yes_no",
        Unit::BillionVnd => "billion_vnd",
        Unit::MillionVndPerPerson => "million_vnd_per_person",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::Label;

    #[test]
    fn units_are_called_as_definitions_call_them() {
        let units = [
            Unit::Percent,
            Unit::PercentPerYear,
            Unit::Count(Label::new("xã", "communes")),
            Unit::Times,
            Unit::Ratio,
            Unit::LevelOf7,
            Unit::Rank,
            Unit::Index,
            Unit::Points,
            Unit::Per10kPeople,
            Unit::YesNo,
            Unit::BillionVnd,
            Unit::MillionVndPerPerson,
        ];
        for unit in units {
            let written = serde_json::to_value(&unit).expect("a unit is JSON");
            let word = match &written {
                serde_json::Value::Object(map) => map.keys().next().map(String::as_str),
                other => other.as_str(),
            };
            assert_eq!(word, Some(unit_word(&unit)));
            assert!(programme::UNITS.contains(&unit_word(&unit)));
        }
    }
}
