//! A target broken down over years and agencies: parts, how they stand, whether they make the whole, and the ranking of
//! the agencies.

mod commands;
mod forms;
mod owed;
mod ranking;
mod show;

use std::collections::{BTreeMap, BTreeSet};

use access::OrgId;
use axum::Router;
use axum::routing::{get, post};
use catalogue::{Indicator, Label, ORGANISATION, OrganisationKind, OverArea};
use measure::cascade::{
    Held, Holding, Measured, PartAssessment, PartStatus, Share, hold, part_status,
};
use observation::{Breakdown, SeriesKey};
use programme::cascade::{CascadeRow, Holder, HolderKind, Part, PartRow, Standing, whole_of};
use programme::target::{AdoptedTarget, TargetRow};
use programme::{TargetId, TargetTerms};
use reading::PeriodKind;
use rust_decimal::Decimal;
use viet::AreaKey;

pub use owed::{PartsOwed, parts_owed};

use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route(
            "/targets/{id}/parts",
            get(show::show).post(commands::assign),
        )
        .route("/targets/{id}/parts/guidance", post(commands::guide))
        .route("/targets/{id}/parts/whole", post(commands::state_path))
        .route("/targets/{id}/parts/gap", post(commands::acknowledge))
        .route("/targets/{id}/parts/register", post(commands::register))
        .route("/targets/{id}/parts/accept", post(commands::accept))
        .route("/targets/{id}/parts/return", post(commands::give_back))
        .route("/targets/{id}/parts/withdraw", post(commands::withdraw))
        .route("/programmes/{id}/ranking", get(ranking::show))
        .route("/programmes/{id}/ranking/publish", post(ranking::publish))
        .route("/programmes/{id}/ranking/withdraw", post(ranking::withdraw))
}

/// The part of an agency for a year, with how it stands while it is demanded.
pub(super) struct Judged {
    pub(super) target: TargetId,
    pub(super) holder: Holder,
    pub(super) year: i16,
    pub(super) part: Part,
    /// The series its figures lie in; none where the target has no indicator.
    pub(super) key: Option<SeriesKey>,
    pub(super) assessment: Option<PartAssessment>,
}

/// A target with how it is broken down.
pub(super) struct Broken {
    pub(super) row: TargetRow,
    pub(super) cascade: Option<CascadeRow>,
}

impl Broken {
    fn measured(&self) -> Measured {
        let guidance = self
            .cascade
            .as_ref()
            .and_then(|c| c.state.guidance.as_ref());
        guidance.map_or(Measured::State, |guidance| guidance.measured)
    }

    /// What the whole demands in a year.
    pub(super) fn whole(&self, year: i16) -> Option<Decimal> {
        let terms = &self.row.target.terms;
        match &self.cascade {
            Some(cascade) => whole_of(&cascade.state, terms, year),
            None => whole_of(&Default::default(), terms, year),
        }
    }
}

/// The series the figures of an agency's part lie in.
pub(super) fn key_of(target: &AdoptedTarget, holder: &Holder) -> Option<SeriesKey> {
    let indicator = target.terms.indicator.clone()?;
    match holder.kind {
        HolderKind::Commune { area } => Some(SeriesKey::new(indicator, area)),
        HolderKind::Department => {
            let part = Breakdown::of_organisation(&holder.organisation)?;
            Some(SeriesKey::new(indicator, target.area).told_by(part))
        }
    }
}

/// Looks up the figures of all parts at once and derives how each stands.
pub(super) async fn judge(
    app: &App,
    ctx: &Ctx,
    targets: &BTreeMap<TargetId, Broken>,
    rows: &[PartRow],
) -> Result<Vec<Judged>, Failure> {
    let thresholds = assess::thresholds(ctx)?;
    let mut all = Vec::new();
    for row in rows {
        let (Some(broken), Some(holder)) = (targets.get(&row.target), &row.state.holder) else {
            continue;
        };
        let key = key_of(&broken.row.target, holder);
        all.extend(row.state.years.iter().map(|(year, part)| Judged {
            target: row.target,
            holder: holder.clone(),
            year: *year,
            part: part.clone(),
            key: key.clone(),
            assessment: None,
        }));
    }
    let demanded = |one: &&mut Judged| one.part.standing == Standing::InForce;
    let keys: BTreeSet<SeriesKey> = all.iter().filter_map(|one| one.key.clone()).collect();
    let (scope, as_known) = (&ctx.scope, ctx.as_known);
    let known = app
        .columns
        .known(scope, as_known, &keys, assess::PERIODS)
        .await?;
    for one in all.iter_mut().filter(demanded) {
        let Some(broken) = targets.get(&one.target) else {
            continue;
        };
        let terms = &broken.row.target.terms;
        one.assessment = Some(match unmeasurable(ctx, terms, &one.holder) {
            Some(reason) => PartAssessment {
                status: PartStatus::NotAssessable,
                reason,
                achieved: None,
                ratio: None,
            },
            None => {
                let found = one.key.as_ref().and_then(|key| known.get(key));
                let values = found
                    .zip(assess::indicator_of(ctx, terms))
                    .map(|(known, indicator)| known.values(&indicator.series.prevailing))
                    .unwrap_or_default();
                let spec = assess::spec(ctx, &yearly(terms, one.year, one.part.value), &values);
                part_status(&spec, broken.measured(), &values, as_known.day, thresholds)
            }
        });
    }
    Ok(all)
}

/// The demand of a part: the target's, with the part's value, by the end of its year.
fn yearly(terms: &TargetTerms, year: i16, value: Decimal) -> TargetTerms {
    let mut terms = terms.clone();
    terms.value = Some(value);
    terms.value_max = None;
    terms.period.kind = Some(PeriodKind::ByYear);
    terms.period.year = Some(year);
    terms
}

/// Why no figure can tell how a part stands.
fn unmeasurable(ctx: &Ctx, terms: &TargetTerms, holder: &Holder) -> Option<Label> {
    let Some(indicator) = assess::indicator_of(ctx, terms) else {
        return Some(Label::new(
            "chỉ tiêu chưa gắn chỉ số",
            "the target has no indicator",
        ));
    };
    let is_told = is_told_by_organisation(indicator);
    (holder.kind == HolderKind::Department && !is_told).then(|| {
        Label::new(
            "định nghĩa chỉ số chưa cho tách số theo cơ quan",
            "the indicator's definition does not tell parts of organisations",
        )
    })
}

/// May an indicator be told by organisation?
pub(super) fn is_told_by_organisation(indicator: &Indicator) -> bool {
    let mut dimensions = indicator.series.disaggregations.iter();
    dimensions.any(|dimension| dimension.as_str() == ORGANISATION)
}

/// How the parts of an indicator make its whole.
fn holding(indicator: Option<&Indicator>) -> Holding {
    let aggregation = indicator.and_then(|i| i.series.aggregation.as_ref());
    match aggregation.map(|aggregation| aggregation.over_area) {
        Some(OverArea::Sum) => Holding::Adds,
        Some(OverArea::WeightedMean) => Holding::Weighted,
        _ => Holding::Each,
    }
}

/// Holds the parts in force of a year against the whole. `weights` is what the areas of communes count in a mean.
pub(super) fn held(
    ctx: &Ctx,
    broken: &Broken,
    all: &[Judged],
    year: i16,
    weights: &BTreeMap<AreaKey, Decimal>,
) -> Held {
    let terms = &broken.row.target.terms;
    let of_year = all
        .iter()
        .filter(|one| one.year == year && one.part.standing == Standing::InForce);
    let shares: Vec<Share> = of_year
        .map(|one| Share {
            value: one.part.value,
            weight: match one.holder.kind {
                HolderKind::Commune { area } => weights.get(&area).copied(),
                HolderKind::Department => None,
            },
        })
        .collect();
    let falling = assess::spec(ctx, terms, &[]).is_falling();
    let by = holding(assess::indicator_of(ctx, terms));
    hold(by, &shares, broken.whole(year), falling)
}

/// What the areas of communes count in the mean of a target's indicator: the latest figure of the indicator that its
/// definition names as weight.
pub(super) async fn weights(
    app: &App,
    ctx: &Ctx,
    terms: &TargetTerms,
    all: &[Judged],
) -> Result<BTreeMap<AreaKey, Decimal>, Failure> {
    let aggregation = assess::indicator_of(ctx, terms).and_then(|i| i.series.aggregation.as_ref());
    let Some(weight) = aggregation.and_then(|aggregation| aggregation.weight.as_ref()) else {
        return Ok(BTreeMap::new());
    };
    let Some(by) = ctx.directory.indicators().get(weight.as_str()) else {
        return Ok(BTreeMap::new());
    };
    let keys: BTreeSet<SeriesKey> = all
        .iter()
        .filter_map(|one| match one.holder.kind {
            HolderKind::Commune { area } => Some(SeriesKey::new(weight.clone(), area)),
            HolderKind::Department => None,
        })
        .collect();
    let known = app
        .columns
        .known(&ctx.scope, ctx.as_known, &keys, 1)
        .await?;
    let order = &by.definition.series.prevailing;
    let latest = known.into_iter().filter_map(|(key, known)| {
        let (_, value) = known.values(order).pop()?;
        Some((key.area, value))
    });
    Ok(latest.collect())
}

/// An organisation as a holder of parts of a target for a territory; none when it is not alive, lies elsewhere or holds
/// no parts.
pub(super) fn holder_of(ctx: &Ctx, territory: AreaKey, id: &OrgId) -> Option<Holder> {
    let organisation = ctx.directory.organisations().get(id)?;
    let within = ctx
        .directory
        .areas()
        .above(organisation.area)
        .contains(&territory);
    if !within || !organisation.valid_on(ctx.today) {
        return None;
    }
    let kind = match organisation.kind {
        OrganisationKind::CommuneCommittee => HolderKind::Commune {
            area: organisation.area,
        },
        // What stands for the whole, or outside the administration, holds no part of it.
        OrganisationKind::ProvinceCommittee
        | OrganisationKind::Council
        | OrganisationKind::Enterprise => return None,
        _ => HolderKind::Department,
    };
    Some(Holder {
        organisation: id.clone(),
        kind,
    })
}

/// The organisations that may hold parts of a target, bodies of the province first, by name.
pub(super) fn holders(ctx: &Ctx, territory: AreaKey) -> Vec<Holder> {
    let alive = ctx.directory.organisations().list(ctx.today);
    let ids = alive.iter().map(|o| OrgId(o.id.to_string()));
    let mut holders: Vec<Holder> = ids
        .filter_map(|id| holder_of(ctx, territory, &id))
        .collect();
    holders.sort_by_key(|holder| holder.kind != HolderKind::Department);
    holders
}

/// A value of a target in words: in its indicator's unit, or in its own where it is relative.
pub(super) fn amount(ctx: &Ctx, terms: &TargetTerms, value: Decimal) -> String {
    let relative = terms
        .comparator
        .is_some_and(|c| programme::measured(c).needs_baseline());
    match assess::indicator_of(ctx, terms) {
        Some(indicator) if !relative => parts::value(Some(indicator), value, ctx.lang),
        _ => {
            let number = viet::number::format(value.normalize(), ctx.lang);
            let unit = assess::unit_words(ctx, terms);
            match unit.starts_with('%') || unit.is_empty() {
                true => format!("{number}{unit}"),
                false => format!("{number} {unit}"),
            }
        }
    }
}

/// How a part stands, by word, shape and colour.
pub(super) fn status(ctx: &Ctx, status: PartStatus) -> maud::Markup {
    let class = match status {
        PartStatus::Reached => "good",
        PartStatus::OnPath => "info",
        PartStatus::NotReported => "warn",
        PartStatus::Behind => "bad",
        PartStatus::NotAssessable => "idle",
    };
    parts::status(class, status.shape(), status.label(ctx.lang))
}
