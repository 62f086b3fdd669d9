//! Observations: entering a figure, finding it, following it to its evidence.

mod batch;
mod enter;
mod list;
mod one;
mod owed;

use access::{OrgId, Refusal};
use axum::Router;
use axum::routing::{get, post};
use catalogue::{Id, Stage};
use maud::{Markup, html};
use observation::{Breakdown, EvidenceFile, Figure, Observation, ObservationId};
use serde::Serialize;
use viet::AreaKey;

pub use batch::{batches_table, list_view};
pub use enter::area_options;
pub use owed::{OwedFigure, owed_figures};

use crate::app::App;
use crate::ctx::Ctx;
use crate::form::Upload;
use crate::pages::removals;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/observations", get(list::show).post(enter::record))
        .route("/observations/new", get(enter::form))
        .route("/observations/{id}", get(one::show))
        .route("/observations/{id}/withdraw", post(one::withdraw))
        .route("/observations/{id}/publish", post(one::publish))
        .route("/observations/{id}/evidence/{hash}", get(one::evidence))
        .route("/completeness", get(owed::show))
        .route("/batches", get(batch::list))
        .route("/batches/{id}", get(batch::show))
        .route("/batches/{id}/evidence/{hash}", get(batch::evidence))
        .route("/batches/{id}/undo", post(batch::undo))
        .route("/batches/{id}/confirm", post(batch::confirm))
        .route("/batches/{id}/return", post(batch::give_back))
}

/// A file of a form, put in the store as evidence; refused when its content was removed before.
pub async fn stored(app: &App, upload: &Upload) -> Result<EvidenceFile, Refusal> {
    removals::check_upload(app, &upload.field, &upload.bytes).await?;
    Ok(EvidenceFile {
        hash: app.journal.files().put(&upload.bytes).await?,
        name: upload.name.clone(),
        media: "application/octet-stream".into(),
        size: upload.bytes.len() as u64,
    })
}

/// How far a figure has come, by word and shape.
pub fn stage(stage: Stage, ctx: &Ctx) -> Markup {
    let (class, shape) = match stage {
        Stage::Official => ("good", '●'),
        Stage::Preliminary => ("info", '◐'),
        Stage::Estimated => ("warn", '△'),
        Stage::Reported => ("idle", '○'),
    };
    parts::status(class, shape, stage.label(ctx.lang))
}

/// The value of an observation as its indicator is shown.
pub fn shown(ctx: &Ctx, observation: &Observation) -> String {
    let indicator = ctx
        .directory
        .indicators()
        .get(observation.key.indicator.as_str());
    parts::value(
        indicator.map(|pinned| &pinned.definition),
        observation.figure.value,
        ctx.lang,
    )
}

/// A row of an observation as JSON has it.
#[derive(Serialize)]
struct Row {
    id: ObservationId,
    indicator: Id,
    area: AreaKey,
    /// Which part of the whole; left out for the whole.
    #[serde(skip_serializing_if = "Breakdown::is_whole")]
    breakdown: Breakdown,
    #[serde(flatten)]
    figure: Figure,
    organisation: OrgId,
    recorded_at: i64,
}

impl Row {
    fn of(observation: &Observation) -> Self {
        Row {
            id: observation.id,
            indicator: observation.key.indicator.clone(),
            area: observation.key.area,
            breakdown: observation.key.breakdown.clone(),
            figure: observation.figure.clone(),
            organisation: observation.organisation.clone(),
            recorded_at: observation.recorded_at,
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.indicator.to_string(),
            self.area.to_string(),
            self.breakdown.to_string(),
            self.figure.period.to_string(),
            self.figure.value.to_string(),
            self.figure.stage.word().to_owned(),
            self.figure.vintage.to_string(),
            self.figure.source.clone(),
            self.organisation.0.clone(),
        ]
    }
}

const HEAD: [&str; 10] = [
    "id",
    "indicator",
    "area",
    "breakdown",
    "period",
    "value",
    "stage",
    "vintage",
    "source",
    "organisation",
];

/// Observations as a table; target pages and organisations draw it too.
pub fn table_of(ctx: &Ctx, observations: &[Observation], with_indicator: bool) -> Markup {
    let with_parts = observations.iter().any(|o| !o.key.breakdown.is_whole());
    html! { div.scroll { table.stack {
        thead { tr {
            @if with_indicator { th scope="col" { (ctx.t("Chỉ số", "Indicator")) } th scope="col" { (ctx.t("Địa bàn", "Area")) } }
            @if with_parts { th scope="col" { (ctx.t("Phần", "Part")) } }
            th scope="col" { (ctx.t("Kỳ", "Period")) }
            th.num scope="col" { (ctx.t("Giá trị", "Value")) }
            th scope="col" { (ctx.t("Loại số liệu", "Stage")) }
            th scope="col" { (ctx.t("Công bố", "Vintage")) }
            th scope="col" { (ctx.t("Nguồn", "Source")) }
        } }
        tbody { @for observation in observations {
            @let figure = &observation.figure;
            tr {
                @if with_indicator {
                    td.main { a href=(format!("/indicators/{}", observation.key.indicator)) { (parts::indicator_name(ctx, observation.key.indicator.as_str())) } }
                    td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, observation.key.area)) }
                }
                @if with_parts { td data-label=(ctx.t("Phần", "Part")) { (part(ctx, &observation.key.breakdown)) } }
                td data-label=(ctx.t("Kỳ", "Period")) { (figure.period.label(ctx.lang)) }
                td.num data-label=(ctx.t("Giá trị", "Value")) { a href=(format!("/observations/{}", observation.id)) { (shown(ctx, observation)) } }
                td data-label=(ctx.t("Loại số liệu", "Stage")) { (stage(figure.stage, ctx)) }
                td.nowrap data-label=(ctx.t("Công bố", "Vintage")) { (parts::date(Some(figure.vintage), ctx.lang)) }
                td data-label=(ctx.t("Nguồn", "Source")) { (figure.source) }
            }
        } }
    } } }
}

/// Which part of the whole a figure tells.
fn part(ctx: &Ctx, breakdown: &Breakdown) -> Markup {
    html! { @if breakdown.is_whole() { span.muted { (ctx.t("số chung", "the whole")) } } @else { (parts::part_name(ctx, breakdown)) } }
}

/// The indicators to choose from, in alphabetical order.
pub fn indicator_options(ctx: &Ctx) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| {
            let def = &pinned.definition.def;
            (def.id.to_string(), def.label.get(ctx.lang).to_owned())
        })
        .collect();
    options.sort_by_key(|(_, label)| viet::fold::fold(label));
    options
}
