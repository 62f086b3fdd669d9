//! `GET /indicators`: what is measured.

use catalogue::Indicator;
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::ctx::Ctx;

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
pub async fn list(ctx: Ctx) -> Answer {
    let indicators = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| pinned.definition.clone())
        .collect();
    answer(&ctx, &All { indicators })
}
