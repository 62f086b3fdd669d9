//! Which of several observations a page shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use catalogue::{Prevailing, Stage, VintageRule};
use jiff::civil::Date;
use viet::Period;

use crate::Observation;

/// The observation that prevails among several of one series and one period: by the declared order of
/// stages, then by the day of publication as the rule says, then the one recorded last. A stage that the
/// order does not name stands behind all that it names, the most settled first. Deterministic whatever
/// the order of the observations.
pub fn prevailing<'a>(
    observations: impl IntoIterator<Item = &'a Observation>,
    order: &Prevailing,
) -> Option<&'a Observation> {
    observations
        .into_iter()
        .min_by_key(|o| standing(order, o.figure.stage, o.figure.vintage, (o.seq, o.row)))
}

/// Where an observation stands in the order; the smallest prevails.
pub(crate) fn standing<R: Ord>(
    order: &Prevailing,
    stage: Stage,
    vintage: Date,
    recorded: R,
) -> impl Ord + use<R> {
    let named = order.stages.iter().position(|s| *s == stage);
    let vintage = match order.vintage {
        VintageRule::Latest => (Some(Reverse(vintage)), None),
        VintageRule::First => (None, Some(vintage)),
    };
    let named = named.unwrap_or(usize::MAX);
    (named, Reverse(stage), vintage, Reverse(recorded))
}

/// The prevailing observation of each period, earliest period first.
pub fn prevailing_by_period<'a>(
    observations: impl IntoIterator<Item = &'a Observation>,
    order: &Prevailing,
) -> Vec<&'a Observation> {
    let mut periods: BTreeMap<Period, Vec<&Observation>> = BTreeMap::new();
    for observation in observations {
        periods
            .entry(observation.figure.period)
            .or_default()
            .push(observation);
    }
    periods
        .into_values()
        .filter_map(|of_period| prevailing(of_period, order))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::tests::observation;

    fn order(stages: &[Stage], vintage: VintageRule) -> Prevailing {
        Prevailing {
            stages: stages.to_vec(),
            vintage,
        }
    }

    /// What there is as (stage, vintage, seq), the order, and the seq that prevails.
    type Line = (
        &'static [(Stage, &'static str, i64)],
        &'static [Stage],
        VintageRule,
        Option<i64>,
    );

    #[test]
    fn the_declared_order_decides() {
        use Stage::*;
        use VintageRule::*;
        const SETTLED: &[Stage] = &[Official, Preliminary, Estimated, Reported];
        let table: &[Line] = &[
            (&[], SETTLED, Latest, None),
            (&[(Reported, "2026-03-01", 1)], SETTLED, Latest, Some(1)),
            (
                &[(Official, "2026-01-01", 1), (Estimated, "2026-03-01", 2)],
                SETTLED,
                Latest,
                Some(1),
            ),
            (
                &[
                    (Preliminary, "2026-01-01", 1),
                    (Preliminary, "2026-03-01", 2),
                ],
                SETTLED,
                Latest,
                Some(2),
            ),
            (
                &[
                    (Preliminary, "2026-01-01", 2),
                    (Preliminary, "2026-03-01", 1),
                ],
                SETTLED,
                First,
                Some(2),
            ),
            // A correction with the same vintage: the one recorded last.
            (
                &[(Reported, "2026-01-01", 3), (Reported, "2026-01-01", 7)],
                SETTLED,
                Latest,
                Some(7),
            ),
            (
                &[(Reported, "2026-01-01", 3), (Reported, "2026-01-01", 7)],
                SETTLED,
                First,
                Some(7),
            ),
            // Another order turns the verdict.
            (
                &[(Official, "2026-01-01", 1), (Reported, "2026-01-01", 2)],
                &[Reported, Official],
                Latest,
                Some(2),
            ),
            // Stages not named come last, the most settled of them first.
            (
                &[(Preliminary, "2026-01-01", 1), (Official, "2026-01-01", 2)],
                &[Reported],
                Latest,
                Some(2),
            ),
            (
                &[(Preliminary, "2026-01-01", 1), (Official, "2026-01-01", 2)],
                &[Preliminary],
                Latest,
                Some(1),
            ),
        ];
        for (line, (given, stages, rule, wanted)) in table.iter().enumerate() {
            let list: Vec<_> = given
                .iter()
                .map(|(stage, vintage, seq)| observation("2025", "40", *stage, vintage, *seq))
                .collect();
            let found = prevailing(&list, &order(stages, *rule)).map(|o| o.seq);
            assert_eq!(found, *wanted, "line {line}");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_list_does_not_matter(
            given in prop::collection::vec((0usize..4, 1i8..28, 2020i16..2024), 1..12), first: bool
        ) {
            let mut list: Vec<_> = given
                .iter()
                .enumerate()
                .map(|(seq, (stage, day, year))| {
                    let vintage = format!("2026-01-{day:02}");
                    observation(&year.to_string(), "1", Stage::ALL[*stage], &vintage, seq as i64)
                })
                .collect();
            let rule = if first { VintageRule::First } else { VintageRule::Latest };
            let order = order(&[Stage::Official, Stage::Reported], rule);
            let shown = |list: &[Observation]| {
                prevailing_by_period(list, &order).iter().map(|o| o.seq).collect::<Vec<_>>()
            };
            let before = shown(&list);
            list.reverse();
            prop_assert_eq!(before, shown(&list));
        }
    }
}
