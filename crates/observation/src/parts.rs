//! Which parts of a whole there may be, and parts by organisation held against it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use access::{FieldFault, OrgId};
use activation::Directory;
use catalogue::{Id, ORGANISATION};
use rust_decimal::Decimal;

use crate::review::{is_summed, rounding};
use crate::{Book, Breakdown, Doubt, Figure, Observation, SeriesKey, Standing, prevailing};

/// Why an indicator cannot be told by a breakdown.
pub(crate) fn breakdown_fault(key: &SeriesKey, book: Book<'_>) -> Option<FieldFault> {
    let series = &book.indicator(key)?.definition.series;
    let known = |dimension: &Id, code: &Id| match dimension.as_str() {
        ORGANISATION => {
            let organisations = book.directory.organisations();
            organisations.get(&OrgId(code.to_string())).is_some()
        }
        list => {
            let list = book.directory.codelist(list);
            list.is_some_and(|pinned| pinned.definition.entry(code.as_str()).is_some())
        }
    };
    let wrong = key.breakdown.codes().find(|(dimension, code)| {
        !series.disaggregations.contains(dimension) || !known(dimension, code)
    });
    wrong.map(|(dimension, code)| {
        FieldFault::new(
            "breakdown",
            format!("Chỉ số này không tách theo «{dimension}={code}»; chọn một phần có trong danh mục, hoặc số chung."),
            format!("The indicator is not told by “{dimension}={code}”; choose a part that is defined, or the whole."),
        )
    })
}

/// Do the parts of organisations add up to the whole of this series, and does it tell the whole or such a part?
pub(crate) fn adds_up(key: &SeriesKey, directory: &Directory) -> bool {
    let pinned = directory.indicators().get(key.indicator.as_str());
    let is_told = pinned.is_some_and(|pinned| {
        let dimensions = &pinned.definition.series.disaggregations;
        is_summed(&pinned.definition) && dimensions.iter().any(|d| d.as_str() == ORGANISATION)
    });
    is_told && (key.breakdown.is_whole() || key.breakdown.is_organisation_alone())
}

/// The whole of a series and the parts of all organisations; none where they do not add up.
pub(crate) fn all_beside(key: &SeriesKey, directory: &Directory) -> BTreeSet<SeriesKey> {
    if !adds_up(key, directory) {
        return BTreeSet::new();
    }
    let whole = key.whole();
    let organisations = directory.organisations().all();
    let parts = organisations
        .filter_map(|o| Breakdown::of_organisation(&OrgId(o.id.to_string())))
        .map(|part| whole.clone().told_by(part));
    parts.chain([whole.clone()]).collect()
}

/// What stands of the whole of a series and of its parts.
pub(crate) fn beside<'s>(
    key: &SeriesKey,
    standing: &'s Standing,
    directory: &Directory,
) -> Vec<&'s Observation> {
    let keys = all_beside(key, directory);
    let series = keys.iter().filter_map(|key| standing.get(key));
    series.flatten().collect()
}

/// Whether a figure makes the parts of organisations add up to more than their whole, given what stands of both.
pub(crate) fn parts_exceed(
    key: &SeriesKey,
    figure: &Figure,
    beside: &[&Observation],
    directory: &Directory,
) -> Option<Doubt> {
    if !adds_up(key, directory) {
        return None;
    }
    let indicator = &directory
        .indicators()
        .get(key.indicator.as_str())?
        .definition;
    let mut by_part: BTreeMap<&Breakdown, Vec<&Observation>> = BTreeMap::new();
    let alike =
        |o: &&Observation| o.key.indicator == key.indicator && o.figure.period == figure.period;
    for one in beside.iter().copied().filter(alike) {
        by_part.entry(&one.key.breakdown).or_default().push(one);
    }
    let order = &indicator.series.prevailing;
    let shown = by_part
        .into_iter()
        .filter_map(|(part, of_part)| Some((part, prevailing(of_part, order)?.figure.value)));
    let mut values: BTreeMap<&Breakdown, Decimal> = shown.collect();
    values.insert(&key.breakdown, figure.value);
    let whole = values
        .iter()
        .find(|(part, _)| part.is_whole())
        .map(|(_, value)| *value)?;
    let parts = values
        .iter()
        .filter(|(part, _)| part.is_organisation_alone());
    let parts: Vec<Decimal> = parts.map(|(_, value)| *value).collect();
    // A sum beyond the decimals' range is more than any whole.
    let sum = parts
        .iter()
        .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part))
        .unwrap_or(Decimal::MAX);
    let over = sum.checked_sub(whole).unwrap_or(Decimal::MAX);
    (over > rounding(&indicator.value.unit, whole, &parts)).then(|| Doubt::PartsExceed {
        sum,
        parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
        whole,
    })
}
