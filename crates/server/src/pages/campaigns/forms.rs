//! What the forms of a season and of its requests do.

use access::{OrgId, Permission, Refusal};
use axum::extract::{Path, State};
use catalogue::Id;
use observation::campaign::{CampaignCommand, Give, Says, command_campaign, request};
use observation::{Book, CampaignId, EvidenceFile, ObservationId};

use super::request::view;
use crate::answer::{Answer, answer_with, see};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted};
use crate::pages::observations;
use crate::parts;

/// Gives a command about a season.
pub async fn give(
    app: &App,
    ctx: &Ctx,
    id: &str,
    values: &FormValues,
    command: &CampaignCommand,
) -> Result<(), Refusal> {
    let id: CampaignId = id.parse().map_err(|_| Refusal::NotFound)?;
    let given = parts::given(values);
    let book = Book::on(&ctx.directory, ctx.today);
    let meant = (given.key, given.expected);
    command_campaign(&app.journal, &ctx.scope, id, command, book, meant).await?;
    Ok(())
}

/// Does something with a request and shows it, or the form again.
async fn about_request(
    app: &App,
    ctx: &Ctx,
    (id, of): (&str, &str),
    posted: Posted,
    command: Result<CampaignCommand, Refusal>,
) -> Answer {
    let outcome = match command {
        Ok(command) => give(app, ctx, id, &posted.values, &command).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(ctx, &format!("/campaigns/{id}/requests/{of}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &view(app, ctx, (id, of), form).await?)
        }
    }
}

/// Does something with a season and shows it, or the form again.
async fn about_season(
    app: &App,
    ctx: &Ctx,
    id: &str,
    posted: Posted,
    command: Result<CampaignCommand, Refusal>,
) -> Answer {
    let outcome = match command {
        Ok(command) => give(app, ctx, id, &posted.values, &command).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(ctx, &format!("/campaigns/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &super::show::view(app, ctx, id, form).await?)
        }
    }
}

/// The request of an address, as far as the reader sees it: asked before anything of a form is looked at.
async fn seen(
    app: &App,
    ctx: &Ctx,
    permission: Permission,
    (id, of): (&str, &str),
) -> Result<Id, Failure> {
    ctx.signed_in()?;
    ctx.scope.require(permission)?;
    let (campaign, of): (CampaignId, Id) = (parts::id(id)?, parts::id(of)?);
    let days = assess::due_soon_days(ctx)?;
    let db = app.journal.db();
    let row = request(db, &ctx.scope, &ctx.as_known, (campaign, &of), days).await?;
    ctx.scope.require_for(permission, &row.state.organisation)?;
    Ok(of)
}

/// `POST /campaigns/{id}/requests/{request}/answer`
pub async fn answer_request(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    // Nobody fills the store through a request that is not theirs.
    let request = seen(&app, &ctx, Permission::RecordObservation, (&id, &of)).await?;
    let command = match said(&posted.values) {
        Ok(says) => stored(&app, &posted).await.map(|papers| {
            CampaignCommand::Answer(Box::new(Give {
                request,
                says,
                papers,
                note: posted.values.given("note").map(str::to_owned),
            }))
        }),
        Err(refusal) => Err(refusal),
    };
    about_request(&app, &ctx, (&id, &of), posted, command).await
}

/// From typed text to what the agency says.
fn said(values: &FormValues) -> Result<Says, Refusal> {
    let reason = || values.get("reason").to_owned();
    Ok(match values.get("said") {
        "figure" => {
            let value = viet::number::parse(values.get("value")).ok_or_else(|| {
                Refusal::invalid(
                    "value",
                    "Hãy ghi một số, ví dụ 12,5; nếu không có, chọn «không phát sinh» hoặc «không có».",
                    "Enter a number, e.g. 12,5; if there is none, choose “nothing occurred” or “not available”.",
                )
            })?;
            Says::Figure {
                id: ObservationId::new(),
                value,
                source: values.get("source").to_owned(),
                acknowledge: values.has("acknowledge", "yes"),
            }
        }
        "papers" => Says::Papers,
        "nothing_occurred" => Says::NothingOccurred { reason: reason() },
        "not_available" => Says::NotAvailable { reason: reason() },
        _ => {
            return Err(Refusal::invalid(
                "said",
                "Hãy chọn một cách trả lời.",
                "Choose how to answer.",
            ));
        }
    })
}

/// The files of a form, in the store.
async fn stored(app: &App, posted: &Posted) -> Result<Vec<EvidenceFile>, Refusal> {
    let mut papers = Vec::new();
    for upload in posted.files.iter().filter(|file| file.field == "papers") {
        papers.push(observations::stored(app, upload).await?);
    }
    Ok(papers)
}

/// `POST /campaigns/{id}/requests/{request}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let request = seen(&app, &ctx, Permission::RecordObservation, (&id, &of)).await?;
    let reason = posted.values.get("reason").to_owned();
    let command = CampaignCommand::WithdrawAnswer { request, reason };
    about_request(&app, &ctx, (&id, &of), posted, Ok(command)).await
}

/// `POST /campaigns/{id}/requests/{request}/confirm`
pub async fn confirm(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let request = seen(&app, &ctx, Permission::KeepProgramme, (&id, &of)).await?;
    let command = CampaignCommand::Confirm { request };
    about_request(&app, &ctx, (&id, &of), posted, Ok(command)).await
}

/// `POST /campaigns/{id}/requests/{request}/return`
pub async fn give_back(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let request = seen(&app, &ctx, Permission::KeepProgramme, (&id, &of)).await?;
    let reason = posted.values.get("reason").to_owned();
    let command = CampaignCommand::Return { request, reason };
    about_request(&app, &ctx, (&id, &of), posted, Ok(command)).await
}

/// `POST /campaigns/{id}/requests/{request}/move`
pub async fn move_to(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let request = seen(&app, &ctx, Permission::KeepProgramme, (&id, &of)).await?;
    let command = CampaignCommand::Move {
        request,
        organisation: OrgId(posted.values.get("organisation").to_owned()),
        reason: why(&posted.values),
    };
    about_request(&app, &ctx, (&id, &of), posted, Ok(command)).await
}

/// `POST /campaigns/{id}/requests/{request}/extend`
pub async fn extend_one(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let request = seen(&app, &ctx, Permission::KeepProgramme, (&id, &of)).await?;
    let command = super::day(&posted.values, "due").map(|due| CampaignCommand::Extend {
        request: Some(request),
        due,
        reason: why(&posted.values),
    });
    about_request(&app, &ctx, (&id, &of), posted, command).await
}

fn why(values: &FormValues) -> String {
    values.get("why").to_owned()
}

/// `POST /campaigns/{id}/extend`
pub async fn extend_all(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    keeps(&app, &ctx, &id).await?;
    let command = super::day(&posted.values, "due").map(|due| CampaignCommand::Extend {
        request: None,
        due,
        reason: posted.values.get("reason").to_owned(),
    });
    about_season(&app, &ctx, &id, posted, command).await
}

/// `POST /campaigns/{id}/close`
pub async fn close(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    keeps(&app, &ctx, &id).await?;
    let reason = posted.values.given("closing").map(str::to_owned);
    about_season(
        &app,
        &ctx,
        &id,
        posted,
        Ok(CampaignCommand::Close { reason }),
    )
    .await
}

/// A season that the reader keeps.
pub async fn keeps(app: &App, ctx: &Ctx, id: &str) -> Result<CampaignId, Failure> {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let id: CampaignId = parts::id(id)?;
    observation::campaign::campaign(app.journal.db(), &ctx.scope, &ctx.as_known, id).await?;
    Ok(id)
}
