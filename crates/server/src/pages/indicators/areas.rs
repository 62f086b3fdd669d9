//! An indicator by area: ranking, change against another period, a map of tiles.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::{Direction, Indicator, Level};
use maud::{Markup, PreEscaped, html};
use observation::columns::{Ask, Ranked, Value};
use press::chart::{AreaOutline, AreaTile, Choropleth, Provenance, Ring, TileMap};
use rust_decimal::Decimal;
use serde::Serialize;
use viet::{AreaKey, Period};

use super::asked::{self, Map};
use super::{bare, bare_link, incomplete, rounded};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

/// The areas of a level for a period, the best first.
pub struct ByArea {
    level: Level,
    /// Only those within this area.
    within: Option<AreaKey>,
    /// The periods there are, the earliest first.
    periods: Vec<Period>,
    period: Option<Period>,
    against: Option<Period>,
    ranked: Vec<Ranked>,
    before: BTreeMap<AreaKey, Decimal>,
    /// Outlines of the areas, as far as there are.
    outlines: BTreeMap<AreaKey, Arc<Vec<Ring>>>,
}

/// A row, as data.
#[derive(Serialize)]
pub struct AreaLine {
    area: AreaKey,
    rank: Option<u32>,
    value: Option<Decimal>,
    incomplete: bool,
    change: Option<Decimal>,
}

impl ByArea {
    /// Reads what the address asks for: `level`, `period`, `against`; communes are those within the area.
    pub async fn read(
        app: &App,
        ctx: &Ctx,
        indicator: &Indicator,
        area: AreaKey,
        map: Map,
    ) -> Result<Self, Failure> {
        let level = asked::level(ctx)?;
        let ask = Ask {
            scope: &ctx.scope,
            as_known: ctx.as_known,
            indicator: &indicator.def.id,
            view: map.view(ctx),
        };
        let periods = app.columns.periods(&ask, level).await?;
        let within = (level != Level::Province).then_some(area);
        let mut found = Self {
            level,
            within,
            period: asked::parsed(ctx, "period")?,
            against: asked::parsed(ctx, "against")?,
            periods,
            ranked: Vec::new(),
            before: BTreeMap::new(),
            outlines: BTreeMap::new(),
        };
        found.rank(app, &ask).await?;
        let areas = found.ranked.iter().map(|ranked| ranked.value.area);
        let outline = |area| Some((area, app.options.maps.outline(area)?.clone()));
        found.outlines = areas.filter_map(outline).collect();
        let Some(against) = found.against.or(found.period.map(Period::previous)) else {
            return Ok(found);
        };
        found.against = Some(against);
        let earlier = app.columns.compare(&ask, level, within, against).await?;
        let values = earlier.into_iter().map(|ranked| ranked.value);
        found.before = values
            .filter_map(|value| Some((value.area, value.shown()?)))
            .collect();
        Ok(found)
    }

    /// Ranks for the period asked for; without one for the latest that some area has a value of.
    async fn rank(&mut self, app: &App, ask: &Ask<'_>) -> Result<(), Failure> {
        /// Enough to pass over what is planned ahead; a page asks no more.
        const TRIED: usize = 6;
        let tried: Vec<Period> = match self.period {
            Some(period) => vec![period],
            None => self.periods.iter().rev().take(TRIED).copied().collect(),
        };
        for period in tried {
            let ranked = app
                .columns
                .compare(ask, self.level, self.within, period)
                .await?;
            self.period = Some(period);
            self.ranked = ranked;
            if self.with_value() > 0 {
                return Ok(());
            }
        }
        Ok(())
    }

    fn with_value(&self) -> usize {
        self.ranked
            .iter()
            .filter(|ranked| ranked.rank.is_some())
            .count()
    }

    fn change(&self, value: &Value) -> Option<Decimal> {
        let before = self.before.get(&value.area)?;
        value.shown()?.checked_sub(*before)
    }

    /// The rows that have a value, as data.
    pub fn lines(&self) -> Vec<AreaLine> {
        let shown = self.ranked.iter().filter(|ranked| ranked.rank.is_some());
        shown
            .map(|ranked| AreaLine {
                area: ranked.value.area,
                rank: ranked.rank,
                value: ranked.value.shown(),
                incomplete: ranked.value.is_incomplete(),
                change: self.change(&ranked.value),
            })
            .collect()
    }

    /// The section of the page.
    pub fn html(&self, ctx: &Ctx, indicator: &Indicator, chosen: AreaKey, map: Map) -> Markup {
        html! {
            h2 id="areas" { (ctx.t("Theo địa bàn", "By area")) }
            @if !self.periods.is_empty() { (self.choices(ctx, map)) }
            @match self.period.filter(|_| self.with_value() > 0) {
                None => (parts::empty(ctx.t("Chưa có địa bàn nào của cấp này có số liệu.", "No area of this level has a value yet."), None)),
                Some(period) => {
                    p { (self.counted(ctx, indicator, period)) }
                    div.columns {
                        (self.table(ctx, indicator, chosen))
                        @if self.with_value() > 1 { (self.drawn(ctx, indicator, (chosen, period))) }
                    }
                }
            }
        }
    }

    fn choices(&self, ctx: &Ctx, map: Map) -> Markup {
        let words = [(Level::Province, "province"), (Level::Commune, "commune")];
        let levels = words.map(|(level, word)| (word.to_owned(), level.label(ctx.lang).to_owned()));
        let of_level = words.iter().find(|(level, _)| *level == self.level);
        let periods = asked::period_options(ctx, &self.periods);
        let text = |period: Option<Period>| period.map(|p| p.to_string()).unwrap_or_default();
        let mut against = periods.clone();
        if let Some(period) = self.against
            && !self.periods.contains(&period)
        {
            against.push((period.to_string(), period.label(ctx.lang)));
        }
        let form = FormState::prefilled(FormValues::of([
            ("level", of_level.map_or("", |(_, word)| word).to_owned()),
            ("period", text(self.period)),
            ("against", text(self.against)),
        ]));
        html! {
            form.filters action=(ctx.uri.path()) method="get" {
                @for name in ["area", "as_known_on"] { @if let Some(value) = ctx.query(name) { input type="hidden" name=(name) value=(value); } }
                @if map == Map::AsItWas { input type="hidden" name="map" value="then"; }
                (form.select(ctx, "level", ctx.t("Cấp", "Level"), None, &levels))
                (form.select(ctx, "period", ctx.t("Kỳ", "Period"), None, &periods))
                (form.select(ctx, "against", ctx.t("So với", "Against"), None, &against))
                button type="submit" { (ctx.t("Xem", "Show")) }
            }
        }
    }

    fn counted(&self, ctx: &Ctx, indicator: &Indicator, period: Period) -> String {
        let (with, all) = (self.with_value(), self.ranked.len());
        let best = match indicator.value.direction {
            Direction::LowerIsBetter => ctx.t("thấp hơn xếp trước", "lower ranks first"),
            _ => ctx.t("cao hơn xếp trước", "higher ranks first"),
        };
        format!(
            "{}: {with}/{all} {}; {best}. {} {}.",
            period.label(ctx.lang),
            ctx.t("địa bàn có số liệu", "areas have a value"),
            ctx.t("Đơn vị:", "Unit:"),
            indicator.value.unit.label(ctx.lang)
        )
    }

    fn table(&self, ctx: &Ctx, indicator: &Indicator, chosen: AreaKey) -> Markup {
        let ranked = self
            .ranked
            .iter()
            .filter(|ranked| ranked.rank.is_some() || ranked.value.area == chosen);
        let against = self
            .against
            .map(|period| period.label(ctx.lang))
            .unwrap_or_default();
        html! { div { div.scroll { table {
            caption.hidden { (ctx.t("Xếp hạng theo địa bàn", "Ranking of areas")) }
            thead { tr {
                th.num scope="col" { (ctx.t("Hạng", "Rank")) } th scope="col" { (ctx.t("Địa bàn", "Area")) }
                th.num scope="col" { (ctx.t("Giá trị", "Value")) } th.num scope="col" { (ctx.t("So với ", "Against ")) (against) }
            } }
            tbody { @for ranked in ranked { tr.chosen[ranked.value.area == chosen] {
                td.num { @match ranked.rank { Some(rank) => (rank), None => "–" } }
                td { a href=(ctx.address_with("area", &ranked.value.area.to_string())) { (short_name(ctx, ranked.value.area)) } }
                td.num { (bare_link(ctx, indicator, ranked.value.area, &ranked.value)) }
                td.num { (self.change_words(ctx, indicator, &ranked.value)) }
            } } }
        } }
        p.small { a href=(self.compare_address(ctx, indicator)) { (ctx.t("So sánh nhiều kỳ, tải CSV", "Compare periods, download CSV")) } } } }
    }

    fn change_words(&self, ctx: &Ctx, indicator: &Indicator, value: &Value) -> Markup {
        let Some(change) = self.change(value) else {
            return html! { span.muted { "–" } };
        };
        let (shape, word) = match change {
            zero if zero.is_zero() => ('=', ctx.t("không đổi", "unchanged")),
            less if less.is_sign_negative() => ('▼', ctx.t("giảm", "down")),
            _ => ('▲', ctx.t("tăng", "up")),
        };
        html! { span.hidden { (word) " " } span aria-hidden="true" { (shape) } " " (bare(ctx, indicator, change.abs())) }
    }

    fn compare_address(&self, ctx: &Ctx, indicator: &Indicator) -> String {
        let mut pairs = vec![("indicator".to_owned(), indicator.def.id.to_string())];
        if self.level == Level::Commune {
            pairs.push(("level".into(), "commune".into()));
        }
        pairs.extend(
            self.within
                .map(|area| ("within".to_owned(), area.to_string())),
        );
        pairs.extend(super::kept(ctx));
        format!("/compare?{}", crate::ctx::form_urlencode(&pairs))
    }

    /// The map: outlines where the operator supplied all of them, otherwise tiles of provinces.
    fn drawn(&self, ctx: &Ctx, indicator: &Indicator, at: (AreaKey, Period)) -> Markup {
        if !self.ranked.is_empty() && self.outlines.len() == self.ranked.len() {
            return self.choropleth(ctx, indicator, at);
        }
        match self.level {
            Level::Province => self.tiles(ctx, indicator, at),
            _ => html! {},
        }
    }

    fn choropleth(
        &self,
        ctx: &Ctx,
        indicator: &Indicator,
        (chosen, period): (AreaKey, Period),
    ) -> Markup {
        let areas = self.ranked.iter().filter_map(|ranked| {
            let area = ranked.value.area;
            let shown = ranked.value.shown();
            Some(AreaOutline {
                rings: self.outlines.get(&area)?.clone(),
                name: short_name(ctx, area),
                value: shown.map(|value| value.round_dp(indicator.value.decimals)),
                is_chosen: area == chosen,
            })
        });
        let chart = Choropleth {
            title: indicator.def.label.get(ctx.lang).to_owned(),
            unit: indicator.value.unit.label(ctx.lang).to_owned(),
            provenance: self.provenance(ctx, indicator, period),
            areas: areas.collect(),
            lang: ctx.lang,
        };
        html! { figure { (PreEscaped(chart.svg()))
        figcaption { (ctx.t("Đường biên do đơn vị vận hành cung cấp; số ở bảng bên cạnh.", "Outlines as supplied by the operator; the figures are in the table beside.")) } } }
    }

    fn tiles(
        &self,
        ctx: &Ctx,
        indicator: &Indicator,
        (chosen, period): (AreaKey, Period),
    ) -> Markup {
        let areas = ctx.directory.areas();
        let tiles = self.ranked.iter().filter_map(|ranked| {
            let area = areas.get(ranked.value.area)?;
            let tile = area.tile?;
            let shown = ranked.value.shown();
            Some(AreaTile {
                column: tile.column,
                row: tile.row,
                name: area.name.clone(),
                value: shown.map(|value| value.round_dp(indicator.value.decimals)),
                is_chosen: ranked.value.area == chosen,
            })
        });
        let tiles: Vec<AreaTile> = tiles.collect();
        if tiles.is_empty() {
            return html! { p.muted { (ctx.t("Định nghĩa của các tỉnh này chưa có vị trí trên bản đồ ô.", "The definitions of these provinces give no place on a map of tiles.")) } };
        }
        let chart = TileMap {
            title: indicator.def.label.get(ctx.lang).to_owned(),
            unit: indicator.value.unit.label(ctx.lang).to_owned(),
            provenance: self.provenance(ctx, indicator, period),
            tiles,
            lang: ctx.lang,
        };
        html! { figure { (PreEscaped(chart.svg()))
        figcaption { (ctx.t("Mỗi tỉnh một ô bằng nhau, xếp theo vị trí; số ở bảng bên cạnh.", "One tile a province, all of one size; the figures are in the table beside.")) } } }
    }

    fn provenance(&self, ctx: &Ctx, indicator: &Indicator, period: Period) -> Provenance {
        Provenance {
            place: period.label(ctx.lang),
            period: period.label(ctx.lang),
            source: self.sources(ctx, indicator),
            as_of: Some(ctx.as_known.day),
        }
    }

    fn sources(&self, ctx: &Ctx, indicator: &Indicator) -> String {
        let stated = self
            .ranked
            .iter()
            .any(|ranked| ranked.value.stated.is_some());
        match stated {
            true => indicator.series.source_agency.get(ctx.lang).to_owned(),
            false => ctx
                .t("tính theo định nghĩa chỉ số", "computed by the definition")
                .to_owned(),
        }
    }
}

/// The name without the type; the row says the level.
fn short_name(ctx: &Ctx, area: AreaKey) -> String {
    let known = ctx.directory.areas().get(area);
    known.map_or_else(|| area.to_string(), |area| area.name.clone())
}

/// The value of an area, for a line of text.
pub fn shown(ctx: &Ctx, indicator: &Indicator, value: &Value) -> Markup {
    html! {
        @match value.shown() {
            Some(shown) => (rounded(ctx, indicator, shown)),
            None => span.muted { (super::no_value(ctx, value)) },
        }
        @if value.is_incomplete() { " " (incomplete(ctx)) }
    }
}
