//! Indicators: what is measured, under which definition, and what is known of it.

mod areas;
mod asked;
mod chart;
mod compare;
mod definition;
mod list;
mod series;
mod show;
mod value;

use axum::Router;
use axum::routing::get;
use catalogue::{Id, Indicator, Label};
use maud::{Markup, html};
use observation::columns::Value;
use rust_decimal::Decimal;
use viet::{AreaKey, Period};

use crate::app::App;
use crate::ctx::{Ctx, form_urlencode};
use crate::parts;

pub use chart::derived_point as point;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/indicators", get(list::list))
        .route("/indicators/{id}", get(show::show))
        .route("/indicators/{id}/value", get(value::show))
        .route("/compare", get(compare::show))
}

/// The page that says how a value came about.
pub fn value_address(ctx: &Ctx, id: &Id, area: AreaKey, period: Period) -> String {
    let mut pairs = vec![
        ("area".to_owned(), area.to_string()),
        ("period".to_owned(), period.to_string()),
    ];
    pairs.extend(kept(ctx));
    format!("/indicators/{id}/value?{}", form_urlencode(&pairs))
}

/// What every address keeps of the one it stands on: the map and the day of what was known.
fn kept(ctx: &Ctx) -> impl Iterator<Item = (String, String)> + '_ {
    ["map", "as_known_on"].into_iter().filter_map(|name| {
        let value = ctx.query(name).filter(|value| !value.is_empty())?;
        Some((name.to_owned(), value))
    })
}

/// A value with a link to how it came about.
pub fn value_link(ctx: &Ctx, indicator: &Indicator, area: AreaKey, value: &Value) -> Markup {
    linked(ctx, indicator, area, value, rounded)
}

/// The same without the unit: tables of one indicator name it once.
fn bare_link(ctx: &Ctx, indicator: &Indicator, area: AreaKey, value: &Value) -> Markup {
    linked(ctx, indicator, area, value, bare)
}

fn linked(
    ctx: &Ctx,
    indicator: &Indicator,
    area: AreaKey,
    value: &Value,
    words: fn(&Ctx, &Indicator, Decimal) -> String,
) -> Markup {
    let address = value_address(ctx, &indicator.def.id, area, value.period);
    html! {
        @match value.shown() {
            Some(shown) => a href=(address) { (words(ctx, indicator, shown)) },
            None => a.muted href=(address) { (no_value(ctx, value)) },
        }
        @if value.is_incomplete() { " " (incomplete(ctx)) }
    }
}

/// A value as its indicator is shown, without its unit.
fn bare(ctx: &Ctx, indicator: &Indicator, value: Decimal) -> String {
    let shown = value.round_dp(indicator.value.decimals);
    viet::number::format(shown, ctx.lang)
}

/// A value with its unit. What was stated keeps its decimals elsewhere; here those of the definition are enough.
pub fn rounded(ctx: &Ctx, indicator: &Indicator, value: Decimal) -> String {
    parts::value(Some(indicator), value, ctx.lang)
}

/// What stands in place of a value that nobody can tell.
fn no_value(ctx: &Ctx, value: &Value) -> &'static str {
    match &value.computed {
        Some(computed) if computed.value.is_err() => {
            ctx.lang.pick("không xác định", "undetermined")
        }
        _ => ctx.lang.pick("chưa có", "none"),
    }
}

/// Some of what a value follows from is lacking: by word and shape.
fn incomplete(ctx: &Ctx) -> Markup {
    parts::status("warn", '▽', ctx.t("chưa đủ", "incomplete"))
}

/// The name of an indicator, as messages about formulas ask for it.
fn names(ctx: &Ctx) -> impl Fn(&Id) -> Option<Label> + '_ {
    |id| {
        let pinned = ctx.directory.indicators().get(id.as_str())?;
        Some(pinned.definition.def.label.clone())
    }
}
