//! Index seasons: what is asked of which agency by when, who has given what, and the papers.

mod ask;
mod export;
mod forms;
mod list;
mod matrix;
mod open;
mod request;
mod show;

use access::{FieldClass, Permission, Refusal, Say};
use axum::Router;
use axum::routing::{get, post};
use catalogue::{Campaign, Definition, Id, Label};
use maud::{Markup, html};
use observation::CampaignId;
use observation::campaign::{
    CampaignRow, RequestFilter, RequestRow, RequestStatus, Said, campaign, requests,
};

use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

pub use list::{owed, table_of, waiting};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/campaigns", get(list::show).post(open::open))
        .route("/campaigns/new", get(open::form))
        .route("/campaigns/{id}", get(show::show))
        .route("/campaigns/{id}/workbook", get(export::workbook))
        .route("/campaigns/{id}/papers", get(export::papers))
        .route("/campaigns/{id}/extend", post(forms::extend_all))
        .route("/campaigns/{id}/close", post(forms::close))
        .route("/campaigns/{id}/requests", post(ask::add))
        .route("/campaigns/{id}/requests/new", get(ask::form))
        .route("/campaigns/{id}/requests/{request}", get(request::show))
        .route(
            "/campaigns/{id}/requests/{request}/answer",
            post(forms::answer_request),
        )
        .route(
            "/campaigns/{id}/requests/{request}/withdraw",
            post(forms::withdraw),
        )
        .route(
            "/campaigns/{id}/requests/{request}/confirm",
            post(forms::confirm),
        )
        .route(
            "/campaigns/{id}/requests/{request}/return",
            post(forms::give_back),
        )
        .route(
            "/campaigns/{id}/requests/{request}/move",
            post(forms::move_to),
        )
        .route(
            "/campaigns/{id}/requests/{request}/extend",
            post(forms::extend_one),
        )
        .route(
            "/campaigns/{id}/requests/{request}/papers/{hash}",
            get(export::paper),
        )
}

/// How a request stands, by word, shape and colour.
pub fn status(status: RequestStatus, ctx: &Ctx) -> Markup {
    let (class, shape) = match status {
        RequestStatus::Overdue => ("bad", '▲'),
        RequestStatus::Returned => ("bad", '◄'),
        RequestStatus::DueSoon => ("warn", '◇'),
        RequestStatus::NotYetDue => ("idle", '○'),
        RequestStatus::GivenLate => ("warn", '△'),
        RequestStatus::Given => ("info", '◐'),
        RequestStatus::Confirmed => ("good", '●'),
    };
    parts::status(class, shape, status.label(ctx.lang))
}

/// Days late, in words; nothing when it is not.
fn late(ctx: &Ctx, row: &RequestRow) -> Option<String> {
    let days = row.days_late?;
    Some(match row.status.is_owed() {
        true => format!("{days} {}", ctx.t("ngày quá hạn", "days overdue")),
        false => format!("{days} {}", ctx.t("ngày muộn", "days late")),
    })
}

/// A season with its definition and the requests the reader sees.
struct Season {
    row: CampaignRow,
    definition: Campaign,
    requests: Vec<RequestRow>,
}

impl Season {
    fn name(&self, ctx: &Ctx) -> String {
        name(ctx, &self.definition, &self.row)
    }

    fn pillar(&self, id: &Id) -> Label {
        let known = self.definition.pillar(id);
        known.map_or_else(|| Label::new(id.as_str(), id.as_str()), |p| p.label.clone())
    }
}

/// Name of a season: its definition and its year.
fn name(ctx: &Ctx, definition: &Campaign, row: &CampaignRow) -> String {
    format!("{}, {}", definition.def.label.get(ctx.lang), row.year)
}

/// For people inside the administration only.
fn inside(ctx: &Ctx) -> Result<(), Failure> {
    ctx.signed_in()?;
    if !ctx.scope.sees_field(FieldClass::Internal) {
        ctx.scope.require(Permission::RecordObservation)?;
    }
    Ok(())
}

/// The definition a season was opened under, in force or not.
async fn definition_of(app: &App, ctx: &Ctx, hash: &str) -> Result<Campaign, Failure> {
    match app.directories.pinned(&ctx.scope, hash).await? {
        Definition::Campaign(definition) => Ok(definition),
        _ => Err(Failure::Broken(format!(
            "{hash} is no definition of a season"
        ))),
    }
}

/// A season as the reader sees it.
async fn load(app: &App, ctx: &Ctx, id: &str) -> Result<Season, Failure> {
    let id: CampaignId = parts::id(id)?;
    let db = app.journal.db();
    let row = campaign(db, &ctx.scope, &ctx.as_known, id).await?;
    let filter = RequestFilter {
        campaign: Some(id),
        organisations: None,
    };
    let days = assess::due_soon_days(ctx)?;
    Ok(Season {
        definition: definition_of(app, ctx, &row.hash).await?,
        requests: requests(db, &ctx.scope, &ctx.as_known, &filter, days).await?,
        row,
    })
}

/// The address of a request.
fn address(row: &RequestRow) -> String {
    format!("/campaigns/{}/requests/{}", row.campaign, row.id())
}

/// What an answer says: the figure with its link, or why there is none.
fn said(ctx: &Ctx, row: &RequestRow, said: &Said) -> Markup {
    let indicator = row.state.request.indicator.as_ref();
    let indicator = indicator.and_then(|id| ctx.directory.indicators().get(id.as_str()));
    html! {
        @match said {
            Said::Figure { observation, value } => {
                a href=(format!("/observations/{observation}")) { (parts::value(indicator.map(|p| &p.definition), *value, ctx.lang)) }
            }
            Said::Papers => (ctx.t("minh chứng", "papers")),
            Said::NothingOccurred { .. } => (ctx.t("không phát sinh", "nothing occurred")),
            Said::NotAvailable { .. } => (ctx.t("không có số liệu", "not available")),
        }
    }
}

/// The organisations of today, for a form.
fn organisation_options(ctx: &Ctx) -> Vec<(String, String)> {
    let organisations = ctx.directory.organisations();
    let named = organisations.list(ctx.today).into_iter().map(|o| {
        let id = access::OrgId(o.id.to_string());
        let name = parts::org_name(ctx, &id);
        (id.0, name)
    });
    named.collect()
}

/// A day as it is typed; none when nothing was.
fn typed_day(
    values: &crate::form::FormValues,
    field: &str,
) -> Result<Option<jiff::civil::Date>, Refusal> {
    let Some(text) = values.given(field) else {
        return Ok(None);
    };
    let day = viet::date::parse(text).or_else(|| text.parse().ok());
    day.map(Some).ok_or_else(|| {
        Refusal::invalid(
            field,
            "Ngày viết như 30/8/2026.",
            "Write the day like 30/8/2026.",
        )
    })
}

/// A day that has to be given.
fn day(values: &crate::form::FormValues, field: &str) -> Result<jiff::civil::Date, Refusal> {
    let Say { vi, en } = Say::new(
        "Hãy ghi ngày, ví dụ 30/8/2026.",
        "Give a day, e.g. 30/8/2026.",
    );
    typed_day(values, field)?.ok_or_else(|| Refusal::invalid(field, vi, en))
}
