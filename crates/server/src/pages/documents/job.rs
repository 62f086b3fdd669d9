//! The work of reading a document.

use access::{Permission, Refusal, Say, Scope};
use activation::AsKnown;
use axum::extract::{Path, State};
use intake::Intake;
use journal::{FileHash, Job, NewJob};
use programme::document::{DocumentCommand, DocumentStatus, StoredReading};
use programme::{DocumentId, Given};
use reading::Lexicon;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::load;
use crate::answer::{Answer, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::Posted;
use crate::work::{Progress, Stopped};

/// Kind of the jobs that read a document. Their input is the document's identity.
pub const READ_JOB: &str = "read_document";

/// The version of the reader, kept with every reading.
pub(super) const READER: &str = concat!("reading ", env!("CARGO_PKG_VERSION"));

/// Steps that are reported.
const STEPS: i64 = 3;

/// A job that reads a document.
pub fn new_job(id: Uuid, document: DocumentId, asked_by: &Scope) -> NewJob {
    NewJob {
        id,
        kind: READ_JOB.to_owned(),
        input: json!({ "document": document }),
        created_by: asked_by.actor(),
    }
}

/// Reads a document that was handed in. The server reads, whoever asked: the history says so. Running
/// it again after it was interrupted records the reading once.
pub async fn read_job(app: &App, job: &Job, progress: &Progress<'_>) -> Result<Json, Stopped> {
    let id: DocumentId = job
        .input
        .get("document")
        .and_then(Json::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(no_document)?;
    let (scope, now) = (Scope::system(), AsKnown::now(app.journal.today()));
    let say = Say::new(
        "Mở chữ đã trích từ tệp",
        "Opening the text taken from the file",
    );
    progress.at(0, STEPS, say).await?;
    let view = programme::document::get(&app.journal, &scope, now, id).await?;
    let hash = view.state.intake.ok_or_else(no_document)?;
    let directory = app.directories.load(&scope, now).await?;
    let lexicon = crate::lexicon::lexicon(&directory);
    let say = Say::new(
        "Đang đọc: bố cục, chỉ tiêu, nhiệm vụ, trách nhiệm",
        "Reading: outline, targets, tasks, duties",
    );
    progress.at(1, STEPS, say).await?;
    let reading = read(app, &hash, lexicon).await?;
    let (targets, tasks) = (reading.targets.len(), reading.tasks.len());
    let say = Say::new(
        format!("Đã đọc được {targets} chỉ tiêu, {tasks} nhiệm vụ; đang ghi"),
        format!("{targets} targets and {tasks} tasks read; recording"),
    );
    progress.at(2, STEPS, say).await?;
    let command = DocumentCommand::Read {
        reading: Box::new(reading),
        reader: READER.to_owned(),
    };
    let given = Given {
        key: Some(job.id.to_string()),
        expected: None,
    };
    programme::document::command(&app.journal, &scope, &given, id, &command).await?;
    Ok(json!({ "see": format!("/documents/{id}/reading") }))
}

fn no_document() -> Stopped {
    Stopped::Failed(Say::new(
        "Việc này không nêu văn bản nào còn đọc được.",
        "This job names no document that could be read.",
    ))
}

/// Reads the text that intake took, on a thread where it may take its time.
pub(super) async fn read(
    app: &App,
    intake: &FileHash,
    lexicon: Lexicon,
) -> Result<StoredReading, Stopped> {
    let bytes = app.journal.files().get(intake).await?;
    let work = move || -> Result<StoredReading, serde_json::Error> {
        let intake: Intake = serde_json::from_slice(&bytes)?;
        let reading = reading::read(&intake.text, &lexicon);
        Ok(StoredReading::of(intake.text, &reading))
    };
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "reading a document");
        Stopped::Failed(Say::new(
            "Bộ đọc gặp lỗi với văn bản này. Hãy báo người quản trị.",
            "The reader failed on this document. Tell the administrator.",
        ))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(reading)) => Ok(reading),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}

/// `POST /documents/{id}/read`: once more, after the first reading was cancelled or failed.
pub async fn read_again(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ReceiveDocument)?;
    let view = load(&app, &ctx, &id).await?;
    if view.row.summary.status != DocumentStatus::Received {
        return Err(Failure::from(Refusal::conflict(
            "Văn bản này đã được đọc.",
            "This document has been read.",
        )));
    }
    let job = super::identity(posted.values.given("key"), b"read");
    let new = new_job(job, view.row.id, &ctx.scope);
    app.jobs
        .enqueue(&new, app.journal.now().as_microsecond())
        .await?;
    see(&ctx, &format!("/jobs/{job}"))
}
