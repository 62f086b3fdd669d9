//! Indicators: what is measured, and under which definition.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use catalogue::Indicator;
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/indicators", get(list))
        .route("/indicators/{id}", get(show))
}

#[derive(Serialize)]
struct All {
    indicators: Vec<Indicator>,
}

fn row(indicator: &Indicator) -> Vec<String> {
    vec![
        indicator.def.id.to_string(),
        indicator.def.version.clone(),
        indicator.def.label.get(viet::Lang::Vi).to_owned(),
        indicator.def.label.get(viet::Lang::En).to_owned(),
        indicator.value.unit.label(viet::Lang::En).to_owned(),
    ]
}

const HEAD: [&str; 5] = ["id", "version", "label_vi", "label_en", "unit"];

impl View for All {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Chỉ số theo dõi", "Indicators").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Chỉ số", "Indicator")) } th scope="col" { (ctx.t("Đơn vị", "Unit")) }
                    th scope="col" { (ctx.t("Kỳ", "Periodicity")) } th scope="col" { (ctx.t("Nguồn", "Source")) }
                } }
                tbody { @for indicator in &self.indicators { tr {
                    td.main { a href=(format!("/indicators/{}", indicator.def.id)) { (indicator.def.label.get(ctx.lang)) } }
                    td data-label=(ctx.t("Đơn vị", "Unit")) { (indicator.value.unit.label(ctx.lang)) }
                    td data-label=(ctx.t("Kỳ", "Periodicity")) { (indicator.series.periodicity.label(ctx.lang)) }
                    td data-label=(ctx.t("Nguồn", "Source")) { (indicator.series.source_agency.get(ctx.lang)) }
                } } }
            } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.indicators.iter().map(row).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /indicators`
async fn list(ctx: Ctx) -> Answer {
    let indicators = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| pinned.definition.clone())
        .collect();
    answer(&ctx, &All { indicators })
}

#[derive(Serialize)]
struct One {
    indicator: Indicator,
    hash: String,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        self.indicator.def.label.get(ctx.lang).to_owned()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let indicator = &self.indicator;
        let unverified = "chưa xác định";
        html! {
            p.crumbs { a href="/indicators" { (ctx.t("Chỉ số", "Indicators")) } }
            dl.facts {
                dt { "ID" } dd { code { (indicator.def.id) } }
                dt { (ctx.t("Đơn vị", "Unit")) } dd { (indicator.value.unit.label(ctx.lang)) }
                @if let Some(above) = &indicator.value.numerator { dt { (ctx.t("Tử số", "Numerator")) } dd { (above.get(ctx.lang)) } }
                @if let Some(below) = &indicator.value.denominator { dt { (ctx.t("Mẫu số", "Denominator")) } dd { (below.get(ctx.lang)) } }
                dt { (ctx.t("Kỳ số liệu", "Periodicity")) } dd { (indicator.series.periodicity.label(ctx.lang)) }
                dt { (ctx.t("Cơ quan cung cấp", "Source agency")) } dd { (indicator.series.source_agency.get(ctx.lang)) }
                dt { (ctx.t("Khi sáp nhập địa bàn", "When areas merge")) }
                dd { (indicator.series.merger.label(ctx.lang)) " " span.muted { "(" (indicator.series.merger_source.as_str()) ")" } }
                dt { (ctx.t("Căn cứ", "Legal basis")) }
                dd {
                    @if indicator.def.basis.is_empty() { (unverified) }
                    @for basis in &indicator.def.basis { (basis.document) @if let Some(passage) = &basis.passage { ", " (passage) } br; }
                }
                dt { (ctx.t("Nguồn định nghĩa", "Source of the definition")) } dd { (indicator.def.source.as_ref().map_or(unverified, |s| s.as_str())) }
                dt { (ctx.t("Phiên bản", "Version")) } dd { (indicator.def.version) " · " code { (self.hash) } }
            }
            p { a.button href=(format!("/observations?indicator={}", indicator.def.id)) { (ctx.t("Số liệu của chỉ số này", "Observations of this indicator")) } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: vec![row(&self.indicator)],
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /indicators/{id}`
async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer {
    let pinned = ctx
        .directory
        .indicators()
        .get(&id)
        .ok_or(Failure::NotFound)?;
    let view = One {
        indicator: pinned.definition.clone(),
        hash: pinned.hash.clone(),
    };
    answer(&ctx, &view)
}
