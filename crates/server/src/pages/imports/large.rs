//! Files too large to be read while somebody waits: a job checks them, another accepts them, stretch by
//! stretch, in bounded memory.
//!
//! A stretch is one batch and one entry, so a job that was cut short goes on where it stopped: what it
//! recorded stands, and the rows of it are found unchanged. Everything a file made is taken back together.

use std::collections::HashSet;
use std::sync::Arc;

use access::{AsKnown, FieldFault, Page, Permission, Refusal, Say, Scope};
use activation::Directory;
use axum::extract::{Path, State};
use journal::{FileHash, Job, JobId, JobState, NewJob};
use observation::{BatchFilter, BatchId, Book, Duties, EvidenceFile, ImportId, batches};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::runtime::Handle;
use uuid::{Builder, Uuid};

use super::accept::{agreed_to, evidence, paper, source};
use super::outcome::{Outcome, Read, Reading};
use super::receive::table_of;
use super::show::{Difference, source_of};
use super::staged::{self, Kind, Staged};
use super::stretches::{STRETCH, Seen, stretches};
use super::told::Told;
use crate::answer::{Answer, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted};
use crate::pages::observations::list_view;
use crate::pages::{documents, removals};
use crate::parts;
use crate::work::{Progress, Stopped};

/// Kind of the jobs that check a file.
pub const CHECK_JOB: &str = "check_import";
/// Kind of the jobs that accept a file.
pub const ACCEPT_JOB: &str = "accept_import";

/// Bytes above which a text is left to a job: about ten thousand rows, a second's work.
const LARGE: u64 = 512 << 10;

/// Tries to accept a stretch while others write about the same series.
const TRIES: usize = 5;

/// Whether a file is left to a job. Workbooks are bounded by their format and read at once.
pub(super) fn is_large(staged: &Staged) -> bool {
    staged.size > LARGE && matches!(staged.kind, Kind::Table | Kind::Sdmx)
}

/// Whether a job can check it: nobody has to say first what its columns mean.
pub(super) fn is_ready(staged: &Staged) -> bool {
    is_large(staged) && (table_of(&staged.kind).is_none() || staged.mapping.is_some())
}

/// Has a file checked.
pub(super) async fn check(app: &App, ctx: &Ctx, staged: &Staged) -> Answer {
    let job = NewJob {
        id: Uuid::now_v7(),
        kind: CHECK_JOB.to_owned(),
        input: json!({ "import": staged.id }),
        created_by: ctx.scope.actor(),
    };
    staged::set_job(app.journal.db(), staged.id, job.id).await?;
    let now = app.journal.now().as_microsecond();
    app.jobs.enqueue(&job, now).await?;
    see(ctx, &format!("/jobs/{}", job.id))
}

/// What a job found, or the job that is at it.
pub(super) async fn show(app: &App, ctx: &Ctx, staged: Staged, form: FormState) -> Answer {
    let db = app.journal.db();
    let checked = staged::checked(db, staged.id).await?;
    if let Some(told) = checked.outcome {
        let parts = parts_of(app, ctx, staged.id).await?;
        return answer(ctx, &Difference::told(staged, told, parts, form));
    }
    let job = match checked.job {
        Some(id) => app.jobs.get(id).await?,
        None => None,
    };
    match job {
        Some(job) if job.state != JobState::Cancelled => see(ctx, &format!("/jobs/{}", job.id)),
        _ => {
            let why = "việc kiểm tra đã bị huỷ (the check was cancelled)";
            answer(ctx, &Difference::of(staged, Err(why.into()), form))
        }
    }
}

/// How many batches of a file stand.
async fn parts_of(app: &App, ctx: &Ctx, import: ImportId) -> Result<u64, Failure> {
    let filter = BatchFilter {
        import: Some(import),
        ..BatchFilter::default()
    };
    let page = Page::first(1);
    Ok(
        batches(app.journal.db(), &ctx.scope, &ctx.as_known, &filter, page)
            .await?
            .total,
    )
}

/// `POST /imports/{id}/check`: once more, after a check was cancelled or the record went on.
pub async fn again(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let staged = staged::own(&app, &ctx, parts::id(&id)?).await?;
    match is_ready(&staged) {
        true => check(&app, &ctx, &staged).await,
        false => see(&ctx, &format!("/imports/{}", staged.id)),
    }
}

/// What the accepting job needs.
#[derive(Serialize, Deserialize)]
struct Input {
    import: ImportId,
    source: String,
    note: Option<String>,
    acknowledge: bool,
    papers: Vec<EvidenceFile>,
    /// How many faulty rows are left out.
    without: u32,
}

/// Has a file accepted, once what was shown is agreed to.
pub(super) async fn accept(app: &App, ctx: &Ctx, staged: Staged, posted: Posted) -> Answer {
    let checked = staged::checked(app.journal.db(), staged.id).await?;
    let Some(told) = checked.outcome else {
        return see(ctx, &format!("/imports/{}", staged.id));
    };
    match agreed(app, &staged, &told, &posted).await {
        Ok(input) => {
            let content = json!([input, ACCEPT_JOB]).to_string();
            let job = NewJob {
                id: documents::identity(posted.values.given("key"), content.as_bytes()),
                kind: ACCEPT_JOB.to_owned(),
                input: json!(input),
                created_by: ctx.scope.actor(),
            };
            app.jobs
                .enqueue(&job, app.journal.now().as_microsecond())
                .await?;
            see(ctx, &format!("/jobs/{}", job.id))
        }
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let parts = parts_of(app, ctx, staged.id).await?;
            answer_with(ctx, status, &Difference::told(staged, told, parts, form))
        }
    }
}

async fn agreed(
    app: &App,
    staged: &Staged,
    told: &Told,
    posted: &Posted,
) -> Result<Input, Refusal> {
    let (values, counts) = (&posted.values, told.counts);
    agreed_to(values, &told.sign(), counts.faulty)?;
    let acknowledge = values.has("acknowledge", "yes");
    let note = values.given("note").map(str::to_owned);
    let paper = paper(posted);
    if counts.doubtful > 0 && paper.is_none() && !(acknowledge && note.is_some()) {
        let field = if acknowledge { "note" } else { "acknowledge" };
        return Err(Refusal::Invalid {
            faults: vec![FieldFault::new(
                field,
                "Có dòng được hỏi lại: hãy đánh dấu xác nhận và ghi chú lý do.",
                "Rows are asked back: acknowledge them and note why.",
            )],
        });
    }
    let mut papers = Vec::new();
    if let Some(paper) = paper {
        removals::check_upload(app, "paper", &paper.bytes).await?;
        app.journal.files().put(&paper.bytes).await?;
        papers.push(evidence(paper));
    }
    Ok(Input {
        import: staged.id,
        source: source(values, staged),
        note,
        acknowledge,
        papers,
        without: counts.faulty,
    })
}

/// A file with everything a job reads it by.
struct Work {
    staged: Staged,
    directory: Arc<Directory>,
    scope: Scope,
}

impl Work {
    async fn of(app: &App, job: &Job) -> Result<Self, Stopped> {
        let gone = || {
            Stopped::Failed(Say::new(
                "Tệp đã được tiếp nhận hoặc đã bị bỏ.",
                "The file was accepted or thrown away.",
            ))
        };
        let import: Option<ImportId> = serde_json::from_value(job.input["import"].clone()).ok();
        let id = import.ok_or_else(gone)?;
        let staged = staged::find(app.journal.db(), id).await?.ok_or_else(gone)?;
        let now = AsKnown::now(app.journal.today());
        // In the name of whoever sent it, with what they may do today.
        let account = app
            .accounts
            .get(&Scope::system(), staged.sender, now)
            .await?;
        let scope = parts::scope_of(app, &account).await?;
        let directory = app.directories.load(&scope, now).await?;
        Ok(Self {
            staged,
            directory,
            scope,
        })
    }

    fn reading(&self, app: &App) -> Reading<'_> {
        Reading {
            staged: &self.staged,
            directory: &self.directory,
            scope: &self.scope,
            today: app.journal.today(),
            sent_on: parts::day_of(self.staged.created_at),
        }
    }
}

fn unreadable(why: &str) -> Stopped {
    Stopped::Failed(Say::new(
        format!("Không đọc được tệp: {why}"),
        format!("The file cannot be read: {why}"),
    ))
}

/// Progress counts kilobytes of the file.
async fn tell(
    progress: &Progress<'_>,
    read: u64,
    staged: &Staged,
    told: &Told,
) -> Result<(), Stopped> {
    let kilobytes = |bytes: u64| i64::try_from(bytes >> 10).unwrap_or(i64::MAX);
    let counts = told.counts;
    let rows = counts.new + counts.revised + counts.same;
    let say = Say::new(
        format!("{rows} dòng đọc được, {} dòng lỗi", counts.faulty),
        format!("{rows} rows read, {} faulty", counts.faulty),
    );
    progress
        .at(kilobytes(read), kilobytes(staged.size).max(1), say)
        .await
}

/// Checks a file and keeps what it found.
pub async fn check_job(app: &App, job: &Job, progress: &Progress<'_>) -> Result<Json, Stopped> {
    let work = Work::of(app, job).await?;
    let reading = work.reading(app);
    let (mut told, mut seen) = (Told::default(), Seen::default());
    let mut coming = stretches(app, &work.staged, &work.directory, &work.scope);
    let source = source_of(&work.staged);
    while let Some(stretch) = coming.recv().await {
        let (mut read, bytes) = stretch.map_err(|why| unreadable(&why))?;
        seen.take(&mut read);
        let outcome = reading.check(&app.journal, read, &source, &[]).await?;
        told.add(&outcome);
        tell(progress, bytes, &work.staged, &told).await?;
    }
    staged::set_outcome(app.journal.db(), work.staged.id, &told).await?;
    Ok(json!({ "see": format!("/imports/{}", work.staged.id) }))
}

/// The identity of a batch that a job makes, the same whenever the job is taken up again.
fn batch_of(job: JobId, number: u32) -> BatchId {
    let hash = FileHash::of(format!("{job}:{number}").as_bytes());
    let mut bytes = [0u8; 16];
    for (byte, pair) in bytes.iter_mut().zip(hash.as_str().as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    BatchId(Builder::from_custom_bytes(bytes).into_uuid())
}

/// Accepts a file that was checked, stretch by stretch. It is accepted whole or not at all: when the job is
/// cancelled or cannot go on, what it recorded is taken back in one entry. Only of a process that dies over a
/// cancelled job batches are left; the page of the file tells of them and takes them back.
pub async fn accept_job(app: &App, job: &Job, progress: &Progress<'_>) -> Result<Json, Stopped> {
    let work = Work::of(app, job).await?;
    let mut cancelled = TakesBack {
        app: app.clone(),
        job: Some(job.clone()),
    };
    let ended = work.accept_all(app, job, progress).await;
    if !matches!(ended, Err(Stopped::Cancelled)) {
        cancelled.job = None;
    }
    if let Err(Stopped::Failed(_)) = ended {
        work.take_back(app, job, "Không tiếp nhận được cả tệp")
            .await?;
    }
    ended
}

/// Takes back what a job recorded that was cancelled. The job is left in the middle of anything then, so this is
/// done when it is let go of.
struct TakesBack {
    app: App,
    job: Option<Job>,
}

impl Drop for TakesBack {
    fn drop(&mut self) {
        // Without a runtime the process ends, and whoever takes the job up finds it as it is.
        if let (Some(job), Ok(runtime)) = (self.job.take(), Handle::try_current()) {
            let app = self.app.clone();
            runtime.spawn(async move {
                if let Err(error) = take_back_cancelled(&app, &job).await {
                    tracing::error!(?error, job = %job.id, "taking back what a cancelled job recorded");
                }
            });
        }
    }
}

async fn take_back_cancelled(app: &App, job: &Job) -> Result<(), Stopped> {
    let stored = app.jobs.get(job.id).await?;
    // Where another worker took the job over, it goes on with it.
    if stored.is_none_or(|job| job.state != JobState::Cancelled) {
        return Ok(());
    }
    let work = Work::of(app, job).await?;
    work.take_back(app, job, "Huỷ khi đang tiếp nhận").await
}

impl Work {
    async fn accept_all(
        &self,
        app: &App,
        job: &Job,
        progress: &Progress<'_>,
    ) -> Result<Json, Stopped> {
        let input: Input = serde_json::from_value(job.input.clone())
            .map_err(|error| Stopped::Again(error.to_string()))?;
        let id = self.staged.id;
        let file = self.keep(app).await?;
        let (mut told, mut seen) = (Told::default(), Seen::default());
        let mut coming = stretches(app, &self.staged, &self.directory, &self.scope);
        let mut number = 0;
        while let Some(stretch) = coming.recv().await {
            let (mut read, bytes) = stretch.map_err(|why| unreadable(&why))?;
            seen.take(&mut read);
            let batch = batch_of(job.id, number);
            let outcome = self.accept(app, &input, (batch, read), &file).await?;
            told.add(&outcome);
            if told.counts.faulty > input.without {
                return Err(Stopped::Failed(Say::new(
                    "Tệp có nhiều dòng lỗi hơn khi kiểm tra. Hãy kiểm tra lại.",
                    "The file has more faulty rows than when it was checked. Check it again.",
                )));
            }
            number += 1;
            tell(progress, bytes, &self.staged, &told).await?;
        }
        staged::remove(app.journal.db(), id).await?;
        Ok(json!({ "see": format!("/batches?import={id}") }))
    }

    /// Keeps the file for good, as the evidence of what is accepted from it.
    async fn keep(&self, app: &App) -> Result<EvidenceFile, Stopped> {
        let db = app.journal.db();
        let hash = staged::hash(db, self.staged.id).await?;
        removals::check_hash(app, "file", &hash).await?;
        let pieces = staged::pieces(db, self.staged.id);
        app.journal.files().put_pieces(&hash, pieces).await?;
        Ok(self.staged.evidence(hash))
    }

    /// Takes back what a job accepted of the file, where it did: not what another did meanwhile.
    async fn take_back(&self, app: &App, job: &Job, reason: &str) -> Result<(), Stopped> {
        let key = Some(format!("{}:taken-back", job.id));
        let id = self.staged.id;
        // A row takes a byte at least.
        let most = u32::try_from(self.staged.size / STRETCH as u64).unwrap_or(u32::MAX);
        let own: HashSet<BatchId> = (0..=most).map(|number| batch_of(job.id, number)).collect();
        let which = |batch| own.contains(&batch);
        match observation::undo_import(&app.journal, &self.scope, id, which, reason, key).await {
            Ok(_) | Err(Refusal::NotFound) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Accepts a stretch. Others may write about its series meanwhile: it is checked anew then.
    async fn accept(
        &self,
        app: &App,
        input: &Input,
        (batch, read): (BatchId, Read),
        file: &EvidenceFile,
    ) -> Result<Outcome, Stopped> {
        let reading = self.reading(app);
        let duties = Duties::on(&self.directory, app.journal.today());
        let book = Book::on(&self.directory, app.journal.today()).with_duties(&duties);
        for _ in 0..TRIES {
            let checked = reading.check(&app.journal, read.clone(), &input.source, &input.papers);
            let outcome = checked.await?;
            let rows: Vec<_> = outcome.changing().map(|line| line.row.clone()).collect();
            if rows.is_empty() {
                return Ok(outcome);
            }
            let mut command = reading.command(rows, &input.source, input.papers.clone());
            command.batch = batch;
            command.import = Some(self.staged.id);
            command.note.clone_from(&input.note);
            command.acknowledge = input.acknowledge;
            command.left_out = outcome.faulty_rows;
            command.against = Some(outcome.against.clone());
            command.evidence.push(file.clone());
            let key = Some(batch.to_string());
            match observation::accept_batch(&app.journal, &self.scope, command, book, key).await {
                Ok(_) => return Ok(outcome),
                Err(Refusal::Stale) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        Err(Stopped::Again(
            "others write about the same series".to_owned(),
        ))
    }
}

/// `POST /imports/{id}/undo`: everything a large file brought, at once.
pub async fn undo(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    let import: ImportId = parts::id(&id)?;
    let reason = posted.values.get("reason").to_owned();
    let key = posted.values.given("key").map(str::to_owned);
    let all = |_| true;
    match observation::undo_import(&app.journal, &ctx.scope, import, all, &reason, key).await {
        Ok(_) => see(&ctx, &format!("/batches?import={import}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(
                &ctx,
                status,
                &list_view(&app, &ctx, Some(import), form).await?,
            )
        }
    }
}
