//! `GET /indicators/{id}/value?area=&period=`: how a value came about, down to the observations and up to the
//! passages that ask for it.

use access::{FieldClass, Permission};
use axum::extract::{Path, State};
use catalogue::Indicator;
use maud::{Markup, html};
use observation::columns::{Ask, Input, SeriesGap, Source, Value};
use observation::{Observation, SeriesKey};
use rust_decimal::Decimal;
use serde::Serialize;
use viet::{AreaKey, Period};

use super::asked::{Map, odd, parsed};
use super::series::{HEAD, Kind, Line};
use super::{areas, chart, definition, names, rounded, value_link};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::pages::{observations, targets};
use crate::parts;

/// Observations of which a page tells everything; of more it tells how many.
const SHOWN: usize = 100;

#[derive(Serialize)]
struct One {
    indicator: catalogue::Id,
    area: AreaKey,
    period: Period,
    value: Option<Decimal>,
    /// How it came about; none where there is nothing.
    kind: Option<Kind>,
    low: Option<Decimal>,
    high: Option<Decimal>,
    /// Why there is no value.
    reason: Option<String>,
    missing: Vec<Place>,
    inputs: Vec<Line>,
    /// The observations it rests on, with the part of each that counts.
    sources: Vec<Counted>,
    #[serde(skip)]
    definition: Indicator,
    #[serde(skip)]
    held: Value,
    #[serde(skip)]
    from: Vec<Input>,
    #[serde(skip)]
    behind: Vec<(Source, Option<Observation>)>,
    #[serde(skip)]
    targets: Vec<Assessed>,
}

/// A figure that is lacking.
#[derive(Serialize)]
struct Place {
    indicator: catalogue::Id,
    area: AreaKey,
    period: Period,
}

/// An observation that counts.
#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    line: Line,
    /// The part of it that counts; none where nobody knows.
    share: Option<Decimal>,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        let value = match self.value {
            Some(value) => rounded(ctx, &self.definition, value),
            None => super::no_value(ctx, &self.held).to_owned(),
        };
        let name = self.definition.def.label.get(ctx.lang);
        let place = parts::area_name(ctx, self.area);
        format!("{name}, {place}, {}: {value}", self.period.label(ctx.lang))
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p.crumbs { a href="/indicators" { (ctx.t("Chỉ số", "Indicators")) } " › "
                a href=(format!("/indicators/{}?area={}", self.indicator, self.area)) { (self.definition.def.label.get(ctx.lang)) } }
            (self.how(ctx))
            (self.lacking(ctx))
            (self.inputs_table(ctx))
            (self.sources_table(ctx))
            h2 id="targets" { (ctx.t("Văn bản giao", "Ordered by")) }
            (self.ordered(ctx))
        }
    }

    fn table(&self) -> Table {
        let mut head = HEAD.to_vec();
        head.push("share");
        let row = |counted: &Counted| {
            let mut cells = counted.line.cells();
            cells.push(
                counted
                    .share
                    .map(|share| share.to_string())
                    .unwrap_or_default(),
            );
            cells
        };
        Table {
            head,
            rows: self.sources.iter().map(row).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    /// How it came about, in a few facts.
    fn how(&self, ctx: &Ctx) -> Markup {
        let computed = self.held.computed.as_ref();
        let way = self.definition.computed_on(last_day(self.period));
        html! {
            dl.facts {
                dt { (ctx.t("Giá trị", "Value")) } dd { strong { (areas::shown(ctx, &self.definition, &self.held)) }
                    @if let (Some(low), Some(high)) = (self.low, self.high) { " · " (chart::band(ctx, &self.definition, low, high)) } }
                dt { (ctx.t("Vì sao có số này", "How it came about")) }
                dd { @match self.kind { Some(kind) => (kind.label(ctx)), None => (ctx.t("chưa có số liệu nào", "there is no figure yet")) }
                    @if let Some(rolled) = &self.held.rolled && self.kind == Some(Kind::RolledUp) {
                    ": " (rolled.parts) " " (ctx.t("số liệu", "figures"))
                    @if rolled.split > 0 { "; " (rolled.split) " " (ctx.t("số chia theo tỷ lệ tách địa bàn (ước lượng)", "count in part, by the share of a split (an estimate)")) }
                    @if rolled.unknown > 0 { "; " (rolled.unknown) " " (ctx.t("số chưa tính vì tỷ lệ tách chưa xác định", "left out, the share of a split not being known")) }
                    @if rolled.unpaired > 0 { "; " (rolled.unpaired) " " (ctx.t("số thiếu tử số hoặc mẫu số", "lack their other part")) }
                    @if rolled.outside_life { "; " (ctx.t("kỳ này thuộc thời gian trước hoặc sau địa bàn này", "the period lies outside the area's life")) }
                } }
                @if let Some(reason) = &self.reason { dt { (ctx.t("Vì sao chưa có", "Why there is none")) } dd { (reason) } }
                @if let Some(way) = way && computed.is_some() {
                    dt { (ctx.t("Cách tính", "Computed")) } dd { (definition::formula(ctx, &way.formula)) br; small.muted { (way.source.as_str()) } }
                }
            }
            @if let Some(way) = way && computed.is_some() && !way.parameters.is_empty() {
                h2 { (ctx.t("Tham số", "Parameters")) }
                (definition::parameters(ctx, &self.definition, &way.parameters))
            }
            @if computed.is_some_and(|computed| computed.band.is_some()) {
                p.notice { (ctx.t("Dải là giá trị thấp nhất và cao nhất khi các tham số chạy trong khoảng cho phép: kết luận nào đổi trong dải này thì chưa chắc chắn.", "The band holds the lowest and the highest value over the admissible parameters: a verdict that changes within it is not certain.")) }
            }
        }
    }

    fn lacking(&self, ctx: &Ctx) -> Markup {
        let may = ctx.scope.may(Permission::RecordObservation);
        html! { @if !self.missing.is_empty() {
            h2 id="missing" { (ctx.t("Còn thiếu", "Missing")) " (" (self.missing.len()) ")" }
            ul { @for place in self.missing.iter().take(SHOWN) { li {
                (parts::indicator_name(ctx, place.indicator.as_str())) ", " (parts::area_name(ctx, place.area)) ", " (place.period.label(ctx.lang))
                @if may { " · " a href=(format!("/observations/new?indicator={}&area={}", place.indicator, place.area)) { (ctx.t("ghi số liệu", "enter it")) } }
            } }
            @if self.missing.len() > SHOWN { li.muted { "… " (self.missing.len() - SHOWN) " " (ctx.t("số nữa", "more")) } } }
        } }
    }

    fn inputs_table(&self, ctx: &Ctx) -> Markup {
        html! { @if !self.from.is_empty() {
            h2 id="inputs" { (ctx.t("Tính từ", "Computed from")) }
            div.scroll { table.stack {
                thead { tr { th scope="col" { (ctx.t("Chỉ số", "Indicator")) } th scope="col" { (ctx.t("Địa bàn", "Area")) }
                    th scope="col" { (ctx.t("Kỳ", "Period")) } th.num scope="col" { (ctx.t("Giá trị", "Value")) } } }
                tbody { @for input in &self.from {
                    @let definition = ctx.directory.indicators().get(input.key.indicator.as_str());
                    tr {
                        td.main { (parts::indicator_name(ctx, input.key.indicator.as_str())) }
                        td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, input.key.area)) }
                        td data-label=(ctx.t("Kỳ", "Period")) { (input.value.period.label(ctx.lang)) }
                        td.num data-label=(ctx.t("Giá trị", "Value")) { @if let Some(pinned) = definition { (value_link(ctx, &pinned.definition, input.key.area, &input.value)) } }
                    } } }
            } }
        } }
    }

    fn sources_table(&self, ctx: &Ctx) -> Markup {
        let whole = self
            .sources
            .iter()
            .all(|counted| counted.share == Some(Decimal::ONE));
        html! { @if !self.behind.is_empty() {
            h2 id="sources" { (ctx.t("Số liệu đã ghi nhận đứng sau", "Observations behind it")) " (" (self.sources.len()) ")" }
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Chỉ số", "Indicator")) } th scope="col" { (ctx.t("Địa bàn", "Area")) } th scope="col" { (ctx.t("Kỳ", "Period")) }
                    th.num scope="col" { (ctx.t("Giá trị", "Value")) } @if !whole { th.num scope="col" { (ctx.t("Phần tính", "Counts")) } }
                    th scope="col" { (ctx.t("Loại số liệu", "Stage")) } th scope="col" { (ctx.t("Nguồn", "Source")) } th scope="col" { (ctx.t("Minh chứng", "Evidence")) }
                } }
                tbody { @for (source, observation) in self.behind.iter().take(SHOWN) {
                    @let key = &source.key;
                    @let definition = ctx.directory.indicators().get(key.indicator.as_str()).map(|pinned| &pinned.definition);
                    tr {
                        td.main { (parts::indicator_name(ctx, key.indicator.as_str())) }
                        td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, key.area)) }
                        td data-label=(ctx.t("Kỳ", "Period")) { (source.period.label(ctx.lang)) }
                        td.num data-label=(ctx.t("Giá trị", "Value")) { a href=(format!("/observations/{}", source.stated.id)) { (parts::value(definition, source.stated.value, ctx.lang)) } }
                        @if !whole { td.num data-label=(ctx.t("Phần tính", "Counts")) { (counts(ctx, source)) } }
                        td data-label=(ctx.t("Loại số liệu", "Stage")) { (observations::stage(source.stated.stage, ctx)) }
                        td data-label=(ctx.t("Nguồn", "Source")) { @if let Some(one) = observation { (one.figure.source) } }
                        td data-label=(ctx.t("Minh chứng", "Evidence")) { (evidence(ctx, observation.as_ref())) }
                    } } }
            } }
            @if self.behind.len() > SHOWN { p.muted { "… " (self.behind.len() - SHOWN) " " (ctx.t("số nữa, đủ trong tệp CSV", "more, all of them in the CSV")) } }
            p.small { a href=(ctx.address_with("format", "csv")) download { (ctx.t("Tải số liệu nguồn (CSV)", "Download the observations (CSV)")) } }
        } }
    }

    /// The targets that ask for the indicator in this area, each with its passage; without one the legal basis.
    fn ordered(&self, ctx: &Ctx) -> Markup {
        html! {
            @if self.targets.is_empty() {
                p.muted { (ctx.t("Không có chỉ tiêu nào trong phạm vi của bạn dùng chỉ số này cho địa bàn này. Căn cứ của chỉ số:", "No target within your scope rests on this indicator for this area. The basis of the indicator:")) }
                ul { @for basis in &self.definition.def.basis { li { (basis.document) @if let Some(passage) = &basis.passage { ", " (passage) } } }
                    @if self.definition.def.basis.is_empty() { li { (catalogue::UNVERIFIED) } } }
            } @else { ul { @for one in &self.targets { @let target = &one.row.target; li {
                a href=(format!("/targets/{}", one.row.id)) { (assess::demand(ctx, &target.terms)) ", " (assess::by_when(ctx, &target.terms)) }
                ": “" (target.text) "” · " a href=(targets::passage(target)) {
                    (ctx.t("nguyên văn trong văn bản", "its passage in the document")) @if let Some(section) = &target.place.section { " (" (section) ")" } }
            } } } }
        }
    }
}

fn counts(ctx: &Ctx, source: &Source) -> Markup {
    html! {
        @match source.share {
            _ if source.unpaired => (parts::status("warn", '▽', ctx.t("thiếu vế kia", "other part missing"))),
            Some(share) => (viet::Percent((share * Decimal::ONE_HUNDRED).normalize()).format(ctx.lang)),
            None => (parts::status("idle", '?', catalogue::UNVERIFIED)),
        }
    }
}

fn evidence(ctx: &Ctx, observation: Option<&Observation>) -> Markup {
    let Some(one) = observation else {
        return html! {};
    };
    html! {
        @if !ctx.scope.sees_field(FieldClass::Internal) { span.muted { "–" } }
        @else if one.evidence.is_empty() && one.batch.is_none() { span.muted { (ctx.t("không có tệp", "no file")) } }
        @else { a href=(format!("/observations/{}", one.id)) {
            @if one.batch.is_some() { (ctx.t("tệp nhập cả lô", "the batch's file")) }
            @else { (one.evidence.len()) " " (ctx.t("tệp", "files")) } } }
    }
}

fn last_day(period: Period) -> jiff::civil::Date {
    let range = period.range(viet::Calendar::Civil);
    range.last_day().unwrap_or_else(|| range.from())
}

/// What is stated of the place itself: it stands where it does not follow the indicator's rhythm too.
async fn observations_behind(
    app: &App,
    ctx: &Ctx,
    sources: Vec<Source>,
) -> Result<Vec<(Source, Option<Observation>)>, Failure> {
    let mut behind = Vec::new();
    for source in sources {
        let observation = match behind.len() < SHOWN {
            true => {
                let (db, id) = (app.journal.db(), source.stated.id);
                Some(observation::get(db, &ctx.scope, &ctx.as_known, id).await?)
            }
            false => None,
        };
        behind.push((source, observation));
    }
    Ok(behind)
}

/// `GET /indicators/{id}/value?area=&period=`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let pinned = ctx
        .directory
        .indicators()
        .get(&id)
        .ok_or(Failure::NotFound)?;
    let definition = pinned.definition.clone();
    let area = parsed::<AreaKey>(&ctx, "area")?.ok_or_else(|| odd("area", ""))?;
    let period = parsed::<Period>(&ctx, "period")?.ok_or_else(|| odd("period", ""))?;
    let ask = Ask {
        scope: &ctx.scope,
        as_known: ctx.as_known,
        indicator: &definition.def.id,
        view: Map::of(&ctx)?.view_of(&ctx, area),
    };
    let held = app.columns.value(&ask, area, period).await?;
    let from = app.columns.inputs(&ask, area, period).await?;
    let sources = app.columns.lineage(&ask, area, period).await?;
    let filter = programme::target::TargetFilter {
        indicator: Some(definition.def.id.clone()),
        area: Some(area),
        ..programme::target::TargetFilter::default()
    };
    let page = access::Page::ALL;
    let rows =
        programme::target::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page).await?;
    let computed = held.computed.as_ref();
    let reason = computed.and_then(|computed| computed.value.as_ref().err());
    let band = computed.and_then(|computed| computed.band);
    let view = One {
        indicator: definition.def.id.clone(),
        area,
        period,
        value: held.shown(),
        kind: Kind::of(&held),
        low: band.map(|(low, _)| low),
        high: band.map(|(_, high)| high),
        reason: reason.map(|why| why.reason(names(&ctx)).get(ctx.lang).to_owned()),
        missing: held.missing.iter().map(place).collect(),
        inputs: from
            .iter()
            .filter_map(|input| Line::of(&input.key, &input.value))
            .collect(),
        sources: sources.iter().map(counted).collect(),
        behind: observations_behind(&app, &ctx, sources).await?,
        targets: assess::assess(&app, &ctx, rows.rows).await?,
        definition,
        held,
        from,
    };
    answer(&ctx, &view)
}

fn place(gap: &SeriesGap) -> Place {
    Place {
        indicator: gap.key.indicator.clone(),
        area: gap.key.area,
        period: gap.period,
    }
}

fn counted(source: &Source) -> Counted {
    let stated = &source.stated;
    let key: &SeriesKey = &source.key;
    Counted {
        line: Line {
            stage: Some(stated.stage),
            vintage: Some(stated.vintage),
            observation: Some(stated.id),
            ..Line::new(key, source.period, Kind::Stated, stated.value)
        },
        share: source.share,
    }
}
