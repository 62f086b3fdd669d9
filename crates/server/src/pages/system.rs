//! The server, for whoever runs it: the journal's head, jobs, definitions in force.

use access::{Permission, Say};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use journal::{DayHead, Job, JobState, PostedState};
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{Posted, hidden};
use crate::operate::{Check, Instance, Level, examine};
use crate::parts;
use crate::words;
use crate::work::note_text;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/system", get(show))
        .route("/system/jobs/{id}/retry", post(retry_job))
        .route("/system/outbox/{id}/retry", post(retry_message))
        .route("/definitions", get(definitions))
}

#[derive(Serialize)]
struct System {
    head: String,
    search_reached: journal::Seq,
    checks: Vec<Check>,
    jobs: Vec<Job>,
    outbox: Vec<Waiting>,
    heads: Vec<String>,
    version: &'static str,
}

/// A message of the outbox, without what it says.
#[derive(Serialize)]
struct Waiting {
    id: String,
    recipient: String,
    subject: String,
    state: PostedState,
    attempts: i64,
    note: String,
    created_at: i64,
}

impl From<journal::Posted> for Waiting {
    fn from(message: journal::Posted) -> Self {
        Self {
            id: message.id,
            recipient: message.recipient,
            subject: message.subject,
            state: message.state,
            attempts: message.attempts,
            note: message.note,
            created_at: message.created_at,
        }
    }
}

impl View for System {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Máy chủ", "Server").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            dl.facts {
                dt { (ctx.t("Phiên bản", "Version")) } dd { (self.version) }
                dt { (ctx.t("Đầu sổ nhật ký", "Head of the journal")) } dd { code { (self.head) } }
                dt { (ctx.t("Chỉ mục tìm kiếm đã theo đến", "The search index has reached")) } dd { (self.search_reached) }
            }
            p { (ctx.t("Giữ đầu sổ ở nơi khác; ", "Keep the head elsewhere; ")) code { "dotpha verify --head …" }
                (ctx.t(" cho biết sổ có bị sửa hay cắt không.", " tells whether the journal was altered or cut.")) }
            ul.actions { li { a.button href="/definitions" { (ctx.t("Định nghĩa đang có hiệu lực", "Definitions in force")) } }
                li { a.button href="/accounts" { (ctx.t("Tài khoản", "Accounts")) } } }
            h2 { (ctx.t("Tình trạng", "State")) }
            (state(ctx, &self.checks))
            h2 { (ctx.t("Công việc nền", "Jobs")) }
            @if self.jobs.is_empty() { (parts::empty(ctx.t("Chưa có công việc nào.", "No job yet."), None)) }
            @else { div.scroll { table.stack {
                thead { tr { th scope="col" { (ctx.t("Việc", "Kind")) } th scope="col" { (ctx.t("Lúc", "When")) }
                    th scope="col" { (ctx.t("Tình trạng", "State")) } th.num scope="col" { (ctx.t("Lần", "Tries")) } th scope="col" { (ctx.t("Ghi chú", "Note")) } } }
                tbody { @for job in &self.jobs { tr {
                    td.main { a href=(format!("/jobs/{}", job.id)) { (words::job(&job.kind, ctx.lang)) } }
                    td data-label=(ctx.t("Lúc", "When")) { (parts::moment(job.created_at, ctx.lang)) }
                    td data-label=(ctx.t("Tình trạng", "State")) { (job_state(ctx, job.state)) (job_forms(ctx, job)) }
                    td.num data-label=(ctx.t("Lần", "Tries")) { (job.attempts) }
                    td data-label=(ctx.t("Ghi chú", "Note")) { (note_text(&job.note, ctx)) }
                } } }
            } } }
            h2 { (ctx.t("Hộp gửi đi", "Outbox")) }
            (outbox(ctx, &self.outbox))
            h2 { (ctx.t("Đầu sổ hằng ngày đã gửi", "Daily heads sent out")) }
            @if self.heads.is_empty() { (parts::empty(ctx.t("Chưa hết ngày nào.", "No day is over yet."), None)) }
            @else { ul { @for head in &self.heads { li { code.wrap { (head) } } } } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["id", "kind", "state", "attempts", "created_at"],
            rows: self
                .jobs
                .iter()
                .map(|job| {
                    vec![
                        job.id.to_string(),
                        job.kind.clone(),
                        job.state.to_string(),
                        job.attempts.to_string(),
                        job.created_at.to_string(),
                    ]
                })
                .collect(),
        }
    }
}

/// The checks of `dotpha doctor`, made by the running process; what needs somebody stands first.
fn state(ctx: &Ctx, checks: &[Check]) -> Markup {
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| std::cmp::Reverse(check.level));
    html! { div.scroll { table.stack {
        thead { tr { th scope="col" { (ctx.t("Mục", "Check")) } th scope="col" { (ctx.t("Tình trạng", "State")) }
            th scope="col" { (ctx.t("Thấy", "Found")) } th scope="col" { (ctx.t("Việc cần làm", "What to do")) } } }
        tbody { @for check in sorted { @let (vi, en) = check.label(); tr {
            td.main { (ctx.t(vi, en)) }
            td data-label=(ctx.t("Tình trạng", "State")) { (level(ctx, check.level)) }
            td data-label=(ctx.t("Thấy", "Found")) { (check.found.in_lang(ctx.lang)) }
            td data-label=(ctx.t("Việc cần làm", "What to do")) {
                @if let (Some(remedy), true) = (&check.remedy, check.level != Level::Ok) { (remedy.in_lang(ctx.lang)) }
            }
        } } }
    } } }
}

fn level(ctx: &Ctx, level: Level) -> Markup {
    match level {
        Level::Ok => parts::status("good", '●', ctx.t("tốt", "ok")),
        Level::Warning => parts::status("warn", '△', ctx.t("chú ý", "warning")),
        Level::Fault => parts::status("bad", '■', ctx.t("lỗi", "fault")),
    }
}

fn job_state(ctx: &Ctx, state: JobState) -> Markup {
    match state {
        JobState::Queued => parts::status("idle", '○', ctx.t("đang đợi", "waiting")),
        JobState::Running => parts::status("info", '◐', ctx.t("đang chạy", "running")),
        JobState::Done => parts::status("good", '●', ctx.t("xong", "done")),
        JobState::Failed => parts::status("bad", '■', ctx.t("không xong", "gave up")),
        JobState::Cancelled => parts::status("idle", '□', ctx.t("đã huỷ", "cancelled")),
    }
}

/// What can be done about a job.
fn job_forms(ctx: &Ctx, job: &Job) -> Markup {
    let form = |address: String, label: &str| {
        html! { form method="post" action=(address) { (hidden(ctx)) button.quiet type="submit" { (label) } } }
    };
    match job.state {
        JobState::Queued | JobState::Running => {
            form(format!("/jobs/{}/cancel", job.id), ctx.t("Huỷ", "Cancel"))
        }
        JobState::Failed | JobState::Cancelled => form(
            format!("/system/jobs/{}/retry", job.id),
            ctx.t("Làm lại", "Try again"),
        ),
        JobState::Done => html! {},
    }
}

fn outbox(ctx: &Ctx, messages: &[Waiting]) -> Markup {
    if messages.is_empty() {
        return parts::empty(ctx.t("Chưa có thư nào.", "No message yet."), None);
    }
    html! { div.scroll { table.stack {
        thead { tr { th scope="col" { (ctx.t("Nội dung", "Message")) } th scope="col" { (ctx.t("Nơi nhận", "To")) }
            th scope="col" { (ctx.t("Lúc", "When")) } th scope="col" { (ctx.t("Tình trạng", "State")) }
            th.num scope="col" { (ctx.t("Lần", "Tries")) } th scope="col" { (ctx.t("Ghi chú", "Note")) } } }
        tbody { @for message in messages { tr {
            td.main { (message.subject) }
            td data-label=(ctx.t("Nơi nhận", "To")) { (message.recipient) }
            td data-label=(ctx.t("Lúc", "When")) { (parts::moment(message.created_at, ctx.lang)) }
            td data-label=(ctx.t("Tình trạng", "State")) {
                @match message.state {
                    PostedState::Waiting => (parts::status("idle", '○', ctx.t("đang đợi", "waiting"))),
                    PostedState::Sent => (parts::status("good", '●', ctx.t("đã gửi", "sent"))),
                    PostedState::Dead => {
                        (parts::status("bad", '■', ctx.t("không gửi được", "given up")))
                        form method="post" action=(format!("/system/outbox/{}/retry", message.id)) {
                            (hidden(ctx)) button.quiet type="submit" { (ctx.t("Gửi lại", "Send again")) } }
                    }
                }
            }
            td.num data-label=(ctx.t("Lần", "Tries")) { (message.attempts) }
            td data-label=(ctx.t("Ghi chú", "Note")) { (message.note) }
        } } }
    } } }
}

/// `POST /system/jobs/{id}/retry`: a job that gave up or was cancelled waits again.
async fn retry_job(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::OperateServer)?;
    let now = app.journal.now().as_microsecond();
    done(&ctx, app.jobs.retry(parts::id(&id)?, now).await?)
}

/// `POST /system/outbox/{id}/retry`: a message that was given up is sent again.
async fn retry_message(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::OperateServer)?;
    let now = app.journal.now().as_microsecond();
    done(&ctx, app.outbox.retry(&id, now).await?)
}

fn done(ctx: &Ctx, done: bool) -> Answer {
    if done {
        return see(ctx, "/system");
    }
    Err(Failure::Conflict(Say::new(
        "Chỉ làm lại được việc đã dừng, thư chưa gửi được. Hãy mở lại trang Máy chủ để xem tình trạng mới.",
        "Only jobs that have stopped and messages that were not sent can be tried again. Open the page Server again for the new state.",
    )))
}

/// What the running process finds.
async fn checks(app: &App) -> Vec<Check> {
    let projections = app.journal.projections();
    let mut checks = examine(&Instance {
        setup: &app.options.setup,
        db: Some(app.journal.db()),
        projections: &projections,
        free_disk: app.options.limits.free_disk,
        now: app.journal.now(),
    })
    .await;
    checks.push(columns(app));
    checks
}

/// Only the process itself knows what it holds in memory.
fn columns(app: &App) -> Check {
    const NAME: &str = "columns";
    match (app.columns_lag(), app.columns.extent()) {
        (Some(lag), Some(extent)) if lag <= app.options.limits.search_lag => Check::ok(
            NAME,
            format!(
                "{} số liệu, theo đến mục {}",
                extent.observations, extent.reached
            ),
            format!(
                "{} figures, up to entry {}",
                extent.observations, extent.reached
            ),
        ),
        (Some(lag), _) => Check::warning(
            NAME,
            format!("chậm {lag} mục; trang vẫn đúng vì đọc từ bảng, nhưng chậm hơn"),
            format!("{lag} entries behind; pages are right from the tables, only slower"),
        ),
        (None, _) => Check::warning(
            NAME,
            "đang nạp; trang vẫn đúng vì đọc từ bảng, nhưng chậm hơn",
            "being filled; pages are right from the tables, only slower",
        ),
    }
}

/// `GET /system`
async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::OperateServer)?;
    let view = System {
        head: app.journal.head().await?.to_string(),
        search_reached: app.search.reached(),
        checks: checks(&app).await,
        jobs: app.jobs.newest(parts::ROWS_A_PAGE.into()).await?,
        outbox: app
            .outbox
            .newest(parts::ROWS_A_PAGE.into())
            .await?
            .into_iter()
            .map(Waiting::from)
            .collect(),
        heads: app
            .journal
            .exported_heads(7)
            .await?
            .iter()
            .map(DayHead::to_string)
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
    };
    answer(&ctx, &view)
}

#[derive(Serialize)]
struct InForce {
    kind: catalogue::Kind,
    id: catalogue::Id,
    version: String,
    label_vi: String,
    label_en: String,
    hash: String,
    unverified: bool,
}

#[derive(Serialize)]
struct Definitions {
    definitions: Vec<InForce>,
}

impl View for Definitions {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Định nghĩa đang có hiệu lực", "Definitions in force")
            .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr { th scope="col" { (ctx.t("Tên", "Name")) } th scope="col" { (ctx.t("Loại", "Kind")) }
                th scope="col" { (ctx.t("Phiên bản", "Version")) } th scope="col" { (ctx.t("Nguồn", "Source")) } th scope="col" { "SHA-256" } } }
            tbody { @for one in &self.definitions { tr {
                td.main { (ctx.t(&one.label_vi, &one.label_en)) br; code { (one.id) } }
                td data-label=(ctx.t("Loại", "Kind")) { (one.kind.label(ctx.lang)) }
                td data-label=(ctx.t("Phiên bản", "Version")) { (one.version) }
                td data-label=(ctx.t("Nguồn", "Source")) { @if one.unverified { (parts::status("warn", '△', "chưa xác định")) } @else { (parts::status("good", '●', ctx.t("có nguồn", "sourced"))) } }
                td data-label="SHA-256" { code { (&one.hash[..one.hash.len().min(12)]) } }
            } } }
        } } }
    }

    fn table(&self) -> Table {
        Table {
            head: vec![
                "kind",
                "id",
                "version",
                "label_vi",
                "label_en",
                "hash",
                "unverified",
            ],
            rows: self
                .definitions
                .iter()
                .map(|one| {
                    vec![
                        one.kind.word().to_owned(),
                        one.id.to_string(),
                        one.version.clone(),
                        one.label_vi.clone(),
                        one.label_en.clone(),
                        one.hash.clone(),
                        one.unverified.to_string(),
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /definitions`: public, like what they define.
async fn definitions(ctx: Ctx) -> Answer {
    let definitions = ctx
        .directory
        .headers()
        .iter()
        .map(|pinned| {
            let def = &pinned.definition;
            let sourced = !def.basis.is_empty()
                || def
                    .source
                    .as_ref()
                    .is_some_and(|source| !source.is_unverified());
            InForce {
                kind: def.kind,
                id: def.id.clone(),
                version: def.version.clone(),
                label_vi: def.label.vi.clone(),
                label_en: def.label.en.clone(),
                hash: pinned.hash.clone(),
                unverified: !sourced,
            }
        })
        .collect();
    answer(&ctx, &Definitions { definitions })
}
