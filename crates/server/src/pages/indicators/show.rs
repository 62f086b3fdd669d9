//! `GET /indicators/{id}`: definition and basis; the series with its revisions, targets and forecast; the areas.

use access::Permission;
use axum::extract::{Path, State};
use catalogue::Indicator;
use maud::{Markup, html};
use serde::Serialize;
use viet::AreaKey;

use super::areas::{AreaLine, ByArea};
use super::asked::{self, Map};
use super::series::{AreaSeries, HEAD, Line};
use super::{chart, definition};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

#[derive(Serialize)]
struct One {
    indicator: Indicator,
    hash: String,
    area: AreaKey,
    /// The series of the area, then forecast and targets.
    series: Vec<Line>,
    areas: Vec<AreaLine>,
    #[serde(skip)]
    read: AreaSeries,
    #[serde(skip)]
    by_area: ByArea,
    #[serde(skip)]
    map: Map,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        self.indicator.def.label.get(ctx.lang).to_owned()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let indicator = &self.indicator;
        html! {
            p.crumbs { a href="/indicators" { (ctx.t("Chỉ số", "Indicators")) } }
            (definition::facts(ctx, indicator, &self.hash))
            h2 id="series" { (ctx.t("Chuỗi số liệu", "Series")) ": " (parts::area_name(ctx, self.area)) }
            (self.choices(ctx))
            @if self.read.is_empty() { (self.nothing(ctx)) }
            @else {
                div.columns {
                    (chart::draw(ctx, indicator, &self.read))
                    div { (self.targets(ctx)) h3 { (ctx.t("Dự báo", "Forecast")) } (chart::forecast_note(ctx, indicator, &self.read)) }
                }
                (chart::table(ctx, indicator, &self.read))
            }
            @if self.read.is_empty() { (self.targets(ctx)) }
            (self.by_area.html(ctx, indicator, self.area, self.map))
            (self.actions(ctx))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.series.iter().map(Line::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn targets(&self, ctx: &Ctx) -> Markup {
        html! { h3 { (ctx.t("Chỉ tiêu", "Targets")) } (chart::demanded(ctx, &self.read)) }
    }

    fn choices(&self, ctx: &Ctx) -> Markup {
        let word = Map::ALL.iter().find(|(map, _)| *map == self.map);
        let form = FormState::prefilled(FormValues::of([
            ("area", self.area.to_string()),
            ("map", word.map_or("", |(_, word)| word).to_owned()),
        ]));
        let maps = Map::ALL.map(|(map, word)| (word.to_owned(), map.label(ctx).to_owned()));
        html! {
            form.filters action=(ctx.uri.path()) method="get" {
                @for name in ["level", "period", "against", "as_known_on"] { @if let Some(value) = ctx.query(name) { input type="hidden" name=(name) value=(value); } }
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &asked::area_options(ctx, Some(self.area))))
                (form.select(ctx, "map", ctx.t("Bản đồ", "Map"), None, &maps))
                button type="submit" { (ctx.t("Xem", "Show")) }
            }
        }
    }

    /// Why there is nothing, and what to do next.
    fn nothing(&self, ctx: &Ctx) -> Markup {
        let id = &self.indicator.def.id;
        // The way of computing may have ended: what it needed then is what is lacking.
        let ended = self.indicator.computed.last().and_then(|way| way.valid_to);
        let day = ended.and_then(|end| end.yesterday().ok());
        let day = day.unwrap_or(ctx.as_known.day);
        let directory = ctx.directory.indicators();
        let definitions = directory.list().map(|pinned| &pinned.definition);
        let needs = catalogue::needs(definitions, id, day);
        html! {
            (parts::empty(ctx.t("Chưa có số liệu của chỉ số này cho địa bàn này trong phạm vi bạn được xem.", "There is no figure of this indicator for this area that you may see."), None))
            @if needs.computed.is_empty() {
                p { (ctx.t("Chỉ số này lấy từ số liệu do ", "It comes from what ")) strong { (self.indicator.series.source_agency.get(ctx.lang)) }
                    (ctx.t(" công bố hoặc cơ quan báo cáo.", " publishes or agencies report.")) }
            } @else {
                p { (ctx.t("Giá trị sẽ được tính ngay khi có đủ các số liệu sau:", "It is computed as soon as these figures are there:")) }
                ul { @for input in &needs.observed { li { a href=(format!("/indicators/{input}?area={}", self.area)) { (parts::indicator_name(ctx, input.as_str())) } } } }
            }
        }
    }

    fn actions(&self, ctx: &Ctx) -> Markup {
        let id = &self.indicator.def.id;
        let area = self.area;
        html! { ul.actions {
            @if ctx.scope.may(Permission::RecordObservation) { li { a.button.primary href=(format!("/observations/new?indicator={id}&area={area}")) { (ctx.t("Ghi số liệu", "Enter a figure")) } } }
            li { a.button href=(format!("/observations?indicator={id}")) { (ctx.t("Số liệu của chỉ số này", "Observations of this indicator")) } }
            li { a.button href=(format!("/compare?indicator={id}")) { (ctx.t("So sánh địa bàn", "Compare areas")) } }
            li { a.button href=(format!("/programmes?indicator={id}")) { (ctx.t("Chỉ tiêu dùng chỉ số này", "Targets that use it")) } }
        } }
    }
}

/// `GET /indicators/{id}?area=&map=&level=&period=&against=`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let pinned = ctx
        .directory
        .indicators()
        .get(&id)
        .ok_or(Failure::NotFound)?;
    let indicator = pinned.definition.clone();
    let map = Map::of(&ctx)?;
    let area = asked::area(&app, &ctx, &indicator).await?;
    let read = AreaSeries::read(&app, &ctx, &indicator, area, map).await?;
    let by_area = ByArea::read(&app, &ctx, &indicator, area, map).await?;
    let view = One {
        hash: pinned.hash.clone(),
        area,
        series: read.lines(),
        areas: by_area.lines(),
        indicator,
        read,
        by_area,
        map,
    };
    answer(&ctx, &view)
}
