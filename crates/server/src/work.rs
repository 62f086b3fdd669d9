//! Work that waits: this process's worker, and the page of a job.

use std::sync::Arc;
use std::time::Duration;

use access::{Refusal, Say};
use async_trait::async_trait;
use axum::extract::{Path, State};
use journal::{Handler, Job, JobState, JournalError, Lease, Outcome, WorkOptions};
use maud::{Markup, html};
use serde::Serialize;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::answer::{Answer, Table, View, answer, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{Posted, hidden};
use crate::pages;

/// Why a job did not come to its end.
#[derive(Debug)]
pub enum Stopped {
    /// It was cancelled, or another worker took it over: nothing more is written.
    Cancelled,
    /// It failed, and says why.
    Failed(Say),
    /// The database or the file store did not answer: another try may succeed.
    Again(String),
}

impl From<JournalError> for Stopped {
    fn from(error: JournalError) -> Self {
        tracing::error!(%error, "job failed");
        match error {
            JournalError::Database(_) | JournalError::File { .. } => {
                Stopped::Again(error.to_string())
            }
            _ => Stopped::Failed(Say::new(
                "Máy chủ gặp lỗi khi xử lý. Hãy thử lại.",
                "The server failed while working. Try again.",
            )),
        }
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Stopped::Failed(failure.say())
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::NotAllowed(say) | Refusal::Conflict(say) => Stopped::Failed(say),
            Refusal::Invalid { faults } => Stopped::Failed(
                faults
                    .into_iter()
                    .next()
                    .map_or_else(crate::failure::stale, |fault| fault.say),
            ),
            Refusal::Stale | Refusal::NotFound => Stopped::Failed(crate::failure::stale()),
        }
    }
}

/// The running job's way to say how far it is.
pub struct Progress<'a>(&'a Lease);

impl<'a> Progress<'a> {
    /// Of a job held by a lease.
    pub fn of(lease: &'a Lease) -> Self {
        Progress(lease)
    }

    /// Reports; stops the job when it was cancelled.
    pub async fn at(&self, done: i64, total: i64, note: Say) -> Result<(), Stopped> {
        let note = json!(note).to_string();
        if self.0.progress(done, total, &note).await? {
            Ok(())
        } else {
            Err(Stopped::Cancelled)
        }
    }
}

/// Takes jobs until told to stop. Sweeps ended sessions now and then.
pub async fn run_jobs(app: App, stop: CancellationToken) {
    let (jobs, clock) = (app.jobs.clone(), app.journal.clock());
    let options = WorkOptions {
        workers: app.options.limits.job_workers,
        lease: app.options.limits.job_lease,
        ..WorkOptions::default()
    };
    let handler = Arc::new(Worker(app.clone()));
    tokio::join!(
        journal::work(jobs, clock, handler, options, stop.clone()),
        sweep_sessions(&app, stop)
    );
}

async fn sweep_sessions(app: &App, stop: CancellationToken) {
    const PAUSE: Duration = Duration::from_secs(300);
    while !stop.is_cancelled() {
        if let Err(error) = crate::session::sweep(app.journal.db()).await {
            tracing::error!(%error, "sweeping sessions");
        }
        tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
    }
}

/// Does the jobs of this server.
struct Worker(App);

#[async_trait]
impl Handler for Worker {
    async fn handle(&self, job: &Job, lease: &Lease) -> Outcome {
        let (app, progress) = (&self.0, Progress::of(lease));
        let outcome = match job.kind.as_str() {
            pages::documents::READ_JOB => pages::documents::read_job(app, job, &progress).await,
            pages::documents::RECEIVE_JOB => pages::documents::lost(),
            pages::reports::DRAW_JOB => pages::reports::draw_job(app, job, &progress).await,
            pages::imports::CHECK_JOB => pages::imports::check_job(app, job, &progress).await,
            pages::imports::ACCEPT_JOB => pages::imports::accept_job(app, job, &progress).await,
            other => Err(Stopped::Failed(Say::new(
                format!("Không có cách xử lý việc {other:?}."),
                format!("Nothing handles jobs of kind {other:?}."),
            ))),
        };
        ending(outcome)
    }
}

/// How work that came to its end or not closes its job.
pub fn ending(outcome: Result<Json, Stopped>) -> Outcome {
    match outcome {
        Ok(output) => Outcome::Done(output),
        Err(Stopped::Failed(say)) => Outcome::Failed(json!(say).to_string()),
        Err(Stopped::Again(why)) => Outcome::Again(why),
        Err(Stopped::Cancelled) => Outcome::Stopped,
    }
}

/// A job as its page shows it. `output.see` is where its outcome can be seen.
#[derive(Serialize)]
struct JobView {
    #[serde(flatten)]
    job: Job,
    ended: bool,
    see: Option<String>,
    /// What became of files, of work on files handed in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<pages::documents::Outcome>,
    /// What it is about, where that has a page.
    about: Option<String>,
    note_text: String,
}

impl View for JobView {
    fn title(&self, ctx: &Ctx) -> String {
        match self.job.state {
            JobState::Queued | JobState::Running => ctx.t("Đang xử lý", "Working"),
            JobState::Done => ctx.t("Đã xử lý xong", "Done"),
            JobState::Failed => ctx.t("Xử lý không xong", "Failed"),
            JobState::Cancelled => ctx.t("Đã huỷ xử lý", "Cancelled"),
        }
        .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let address = format!("/jobs/{}", self.job.id);
        html! {
            @match self.job.state {
                JobState::Queued | JobState::Running => {
                    div data-job=(address) role="status" {
                        p data-note { (self.note_text) }
                        @if self.job.total > 0 { progress value=(self.job.done) max=(self.job.total) aria-label=(ctx.t("Tiến độ", "Progress")) {} }
                        @else { progress aria-label=(ctx.t("Tiến độ", "Progress")) {} }
                    }
                    p.muted { (ctx.t("Có thể rời trang này; việc vẫn chạy tiếp.", "You may leave this page; the work goes on.")) " "
                        a href=(address) { (ctx.t("Xem lại", "Look again")) } }
                    form method="post" action=(format!("{address}/cancel")) { (hidden(ctx)) button type="submit" { (ctx.t("Huỷ", "Cancel")) } }
                }
                JobState::Done => {
                    @if self.files.is_empty() || self.see.is_some() {
                        p.notice.notice-good { (ctx.t("Đã xong.", "Done.")) " "
                            @if let Some(see) = &self.see { a href=(see) { (ctx.t("Mở kết quả", "Open the outcome")) } } }
                    } @else {
                        (pages::documents::became(ctx, &self.files))
                        p { a href="/documents" { (ctx.t("Về danh sách văn bản, nộp tệp khác", "To the list of documents, hand in others")) } }
                    }
                }
                JobState::Failed => p.notice.notice-bad role="alert" { strong { (ctx.t("Không xong: ", "Failed: ")) } (self.note_text) }
                JobState::Cancelled if self.job.kind == pages::imports::ACCEPT_JOB => p.notice.notice-warn { (ctx.t("Đã huỷ: tệp không được tiếp nhận; những dòng đã ghi được rút lại cả.", "Cancelled: the file is not accepted; what was recorded of it is taken back whole.")) }
                JobState::Cancelled => p.notice.notice-warn { (ctx.t("Đã huỷ: việc này không ghi thêm gì. Những gì đã ghi trước đó vẫn còn.", "Cancelled: this job records nothing more. What was recorded before stays.")) }
            }
            @if let Some(about) = &self.about { p { a href=(about) { (ctx.t("Mở văn bản", "Open the document")) } } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["id", "kind", "state", "done", "total", "note"],
            rows: vec![vec![
                self.job.id.to_string(),
                self.job.kind.clone(),
                self.job.state.to_string(),
                self.job.done.to_string(),
                self.job.total.to_string(),
                self.note_text.clone(),
            ]],
        }
    }
}

/// The note of a job in the reader's language; notes are stored in both.
pub fn note_text(note: &str, ctx: &Ctx) -> String {
    let both: Option<Json> = serde_json::from_str(note).ok();
    both.as_ref()
        .and_then(|say| say.get(ctx.lang.code()))
        .and_then(Json::as_str)
        .unwrap_or(note)
        .to_owned()
}

/// A job is seen by whoever asked for it, and by the operator.
async fn visible(app: &App, ctx: &Ctx, id: Uuid) -> Result<Job, Failure> {
    let job = app.jobs.get(id).await?.ok_or(Failure::NotFound)?;
    let own = ctx.account.is_some() && job.created_by == ctx.scope.actor();
    if own || ctx.scope.may(access::Permission::OperateServer) {
        Ok(job)
    } else {
        Err(Failure::NotFound)
    }
}

/// `GET /jobs/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let job = visible(&app, &ctx, crate::parts::id(&id)?).await?;
    let see = job
        .output
        .as_ref()
        .and_then(|output| output.get("see"))
        .and_then(Json::as_str)
        .map(str::to_owned);
    let document = job.input.get("document").and_then(Json::as_str);
    let view = JobView {
        about: document.map(|id| format!("/documents/{id}")),
        ended: !matches!(job.state, JobState::Queued | JobState::Running),
        see,
        files: pages::documents::outcomes(&job),
        note_text: note_text(&job.note, &ctx),
        job,
    };
    answer(&ctx, &view)
}

/// `POST /jobs/{id}/cancel`
pub async fn cancel(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    let job = visible(&app, &ctx, crate::parts::id(&id)?).await?;
    app.jobs
        .cancel(job.id, app.journal.now().as_microsecond())
        .await?;
    see(&ctx, &format!("/jobs/{id}"))
}
