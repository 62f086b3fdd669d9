//! Batches: what came in by files, confirmed or returned, taken back.

use access::{FieldClass, Permission};
use axum::extract::{Path, State};
use journal::FileHash;
use maud::{Markup, html};
use observation::{
    BatchEnd, BatchFilter, BatchId, BatchInfo, Filter, ImportId, JudgeBatch, Judgement,
    Observation, UndoBatch, batches,
};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::pages::removals;
use crate::parts;

/// How a batch stands, by word and shape.
fn status(ctx: &Ctx, batch: &BatchInfo) -> Markup {
    let (class, shape, word) = match (batch.ended, batch.confirmed) {
        (Some((_, BatchEnd::Undone)), _) => ("idle", '×', ctx.t("đã huỷ", "undone")),
        (Some((_, BatchEnd::Returned)), _) => ("bad", '▲', ctx.t("yêu cầu bổ sung", "returned")),
        (None, Some(_)) => ("good", '●', ctx.t("đã xác nhận", "confirmed")),
        (None, None) if batch.to_confirm => {
            ("warn", '△', ctx.t("chờ xác nhận", "waits to be confirmed"))
        }
        (None, None) => ("info", '◐', ctx.t("đã tiếp nhận", "accepted")),
    };
    parts::status(class, shape, word)
}

/// The word of a state as JSON and CSV have it.
fn state(batch: &BatchInfo) -> &'static str {
    match (batch.ended, batch.confirmed) {
        (Some((_, BatchEnd::Undone)), _) => "undone",
        (Some((_, BatchEnd::Returned)), _) => "returned",
        (None, Some(_)) => "confirmed",
        (None, None) if batch.to_confirm => "waiting",
        (None, None) => "accepted",
    }
}

/// Batches as a table.
pub fn batches_table(ctx: &Ctx, batches: &[BatchInfo]) -> Markup {
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Nguồn", "Source")) }
            th scope="col" { (ctx.t("Cơ quan báo cáo", "Reported by")) }
            th.num scope="col" { (ctx.t("Số liệu", "Figures")) }
            th scope="col" { (ctx.t("Trạng thái", "State")) }
            th scope="col" { (ctx.t("Tiếp nhận", "Accepted")) }
        } }
        tbody { @for batch in batches { tr {
            td.main { a href=(format!("/batches/{}", batch.batch)) { (batch.source) } }
            td data-label=(ctx.t("Cơ quan báo cáo", "Reported by")) { (parts::org_link(ctx, &batch.organisation)) }
            td.num data-label=(ctx.t("Số liệu", "Figures")) { (viet::number::format(batch.count.into(), ctx.lang)) }
            td data-label=(ctx.t("Trạng thái", "State")) { (status(ctx, batch)) }
            td.nowrap data-label=(ctx.t("Tiếp nhận", "Accepted")) { (parts::moment(batch.recorded_at, ctx.lang)) }
        } } }
    } } }
}

/// A batch as JSON has it.
#[derive(Serialize)]
struct Line {
    id: BatchId,
    organisation: access::OrgId,
    source: String,
    count: u64,
    state: &'static str,
    doubts: u64,
    left_out: u64,
    recorded_at: i64,
    reason: Option<String>,
}

const HEAD: [&str; 8] = [
    "id",
    "organisation",
    "source",
    "count",
    "state",
    "doubts",
    "left_out",
    "reason",
];

impl Line {
    fn of(batch: &BatchInfo) -> Self {
        Line {
            id: batch.batch,
            organisation: batch.organisation.clone(),
            source: batch.source.clone(),
            count: batch.count,
            state: state(batch),
            doubts: batch.doubts,
            left_out: batch.left_out,
            recorded_at: batch.recorded_at,
            reason: batch.reason.clone(),
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.organisation.0.clone(),
            self.source.clone(),
            self.count.to_string(),
            self.state.to_owned(),
            self.doubts.to_string(),
            self.left_out.to_string(),
            self.reason.clone().unwrap_or_default(),
        ]
    }
}

#[derive(Serialize)]
struct List {
    total: u64,
    batches: Vec<Line>,
    #[serde(skip)]
    drawn: Vec<BatchInfo>,
    #[serde(skip)]
    import: Option<ImportId>,
    #[serde(skip)]
    form: FormState,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Lô số liệu", "Batches of figures").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let waiting = ctx.query("state").as_deref() == Some("waiting");
        html! {
            p.tabs {
                a href="/batches" aria-current=[(!waiting).then_some("page")] { (ctx.t("Tất cả", "All")) } " "
                a href="/batches?state=waiting" aria-current=[waiting.then_some("page")] { (ctx.t("Chờ xác nhận", "Waiting")) }
            }
            @if let Some(import) = self.import { (self.of_import(ctx, import)) }
            @if self.drawn.is_empty() {
                (parts::empty(ctx.t("Không có lô số liệu nào.", "There is no batch."), Some(("/imports", ctx.t("Nhập số liệu từ tệp", "Figures from files")))))
            } @else { (batches_table(ctx, &self.drawn)) (parts::pager(ctx, self.total)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.batches.iter().map(Line::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl List {
    /// All batches of one file, which are taken back together.
    fn of_import(&self, ctx: &Ctx, import: ImportId) -> Markup {
        let may = self.drawn.iter().any(|batch| {
            batch.ended.is_none()
                && ctx
                    .scope
                    .may_for(Permission::RecordObservation, &batch.organisation)
        });
        html! {
            (self.form.summary(ctx))
            p { (ctx.t("Các lô của một tệp lớn.", "The batches of one large file.")) }
            @if may { details open[!self.form.faults.is_empty()] {
                summary { (ctx.t("Huỷ cả tệp", "Take the whole file back")) }
                form method="post" action=(format!("/imports/{import}/undo")) {
                    (hidden(ctx))
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Mọi lô của tệp được huỷ trong một lần.", "All batches of the file are taken back at once.")), 2))
                    button.danger type="submit" { (ctx.t("Huỷ cả tệp", "Take back")) }
                }
            } }
        }
    }
}

/// Batches are for people inside the administration.
fn inside(ctx: &Ctx) -> Result<(), Failure> {
    ctx.signed_in()?;
    if ctx.scope.sees_field(FieldClass::Internal) {
        return Ok(());
    }
    Ok(ctx.scope.require(Permission::RecordObservation)?)
}

/// `GET /batches?state=waiting&import=`
pub async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    let import = match ctx.query("import") {
        Some(text) => Some(parts::id(&text)?),
        None => None,
    };
    answer(
        &ctx,
        &list_view(&app, &ctx, import, FormState::default()).await?,
    )
}

/// Batches, or those of one import.
pub async fn list_view(
    app: &App,
    ctx: &Ctx,
    import: Option<ImportId>,
    form: FormState,
) -> Result<impl View + use<>, Failure> {
    inside(ctx)?;
    let filter = BatchFilter {
        waiting: ctx.query("state").as_deref() == Some("waiting"),
        ended_too: ctx.query("state").is_none(),
        import,
        ..BatchFilter::default()
    };
    let db = app.journal.db();
    let listed = batches(db, &ctx.scope, &ctx.as_known, &filter, parts::page(ctx)).await?;
    Ok(List {
        total: listed.total,
        batches: listed.rows.iter().map(Line::of).collect(),
        drawn: listed.rows,
        import,
        form,
    })
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    line: Line,
    observations: Vec<super::Row>,
    #[serde(skip)]
    batch: BatchInfo,
    #[serde(skip)]
    drawn: Vec<Observation>,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{}: {}",
            ctx.t("Lô số liệu", "Batch of figures"),
            self.line.source
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let batch = &self.batch;
        html! {
            (self.form.summary(ctx))
            dl.facts {
                dt { (ctx.t("Trạng thái", "State")) } dd { (status(ctx, batch)) @if let Some(reason) = &batch.reason { ": " (reason) } }
                dt { (ctx.t("Cơ quan báo cáo", "Reported by")) } dd { (parts::org_link(ctx, &batch.organisation)) }
                dt { (ctx.t("Tiếp nhận", "Accepted")) } dd { (parts::moment(batch.recorded_at, ctx.lang)) ", " (ctx.t("mục nhật ký số ", "journal entry ")) (batch.seq) }
                dt { (ctx.t("Số liệu", "Figures")) } dd { (viet::number::format(batch.count.into(), ctx.lang))
                    @if batch.doubts > 0 { "; " (batch.doubts) " " (ctx.t("được hỏi lại và xác nhận", "asked back and acknowledged")) }
                    @if batch.left_out > 0 { "; " (batch.left_out) " " (ctx.t("dòng lỗi không tiếp nhận", "faulty rows left out")) } }
                @if let Some(note) = &batch.note { dt { (ctx.t("Ghi chú", "Note")) } dd.pre { (note) } }
                dt { (ctx.t("Tệp và minh chứng", "File and evidence")) }
                dd { @for file in &batch.evidence {
                    (removals::file(ctx, &format!("/batches/{}/evidence/{}", batch.batch, file.hash.as_str()), &file.name, file.size, &file.hash)) br;
                } }
            }
            @if batch.ended.is_none() { (self.commands(ctx)) }
            h2 { (ctx.t("Số liệu trong lô", "Figures of the batch")) }
            @if self.drawn.is_empty() {
                (parts::empty(ctx.t("Không còn số nào của lô này được dùng.", "No figure of the batch is used any longer."), None))
            } @else { (super::table_of(ctx, &self.drawn, true)) (parts::pager(ctx, batch.count)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::HEAD.to_vec(),
            rows: self.observations.iter().map(super::Row::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn commands(&self, ctx: &Ctx) -> Markup {
        let (batch, form) = (&self.batch, &self.form);
        let address = format!("/batches/{}", batch.batch);
        let keeps = ctx
            .scope
            .may_for(Permission::KeepProgramme, &batch.organisation);
        let records = ctx
            .scope
            .may_for(Permission::RecordObservation, &batch.organisation);
        let undoes = records && (keeps || batch.confirmed.is_none());
        let asked = form.values.get("command");
        html! {
            @if keeps && batch.waits() {
                form method="post" action=(format!("{address}/confirm")) { (hidden(ctx)) button.primary type="submit" { (ctx.t("Xác nhận cả lô", "Confirm the whole batch")) } }
                details open[asked == "return"] {
                    summary { (ctx.t("Trả lại để bổ sung", "Return to be mended")) }
                    form method="post" action=(format!("{address}/return")) {
                        (hidden(ctx)) input type="hidden" name="command" value="return";
                        (form.text_area(ctx, "reason", ctx.t("Cần bổ sung gì", "What is to be mended"), Some(ctx.t("Số liệu của lô không dùng nữa cho đến khi cơ quan nộp lại.", "The figures are no longer used until the organisation hands them in again.")), 2))
                        button.danger type="submit" { (ctx.t("Trả lại", "Return")) }
                    }
                }
            }
            @if undoes {
                details open[asked == "undo"] {
                    summary { (ctx.t("Huỷ cả lô", "Take the whole batch back")) }
                    form method="post" action=(format!("{address}/undo")) {
                        (hidden(ctx)) input type="hidden" name="command" value="undo";
                        (form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Số liệu vẫn còn trong lịch sử, chỉ không dùng nữa.", "The figures stay in the history; they are only no longer used.")), 2))
                        button.danger type="submit" { (ctx.t("Huỷ lô", "Take back")) }
                    }
                }
            }
        }
    }
}

async fn load(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<One, Failure> {
    inside(ctx)?;
    let id: BatchId = parts::id(id)?;
    let db = app.journal.db();
    let batch = observation::batch(db, &ctx.scope, &ctx.as_known, id).await?;
    let filter = Filter {
        batch: Some(id),
        ..Filter::default()
    };
    let page = parts::page(ctx);
    let listed = observation::list(db, &ctx.scope, &ctx.as_known, &filter, page).await?;
    Ok(One {
        line: Line::of(&batch),
        observations: listed.rows.iter().map(super::Row::of).collect(),
        batch,
        drawn: listed.rows,
        form,
    })
}

/// `GET /batches/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    answer(&ctx, &load(&app, &ctx, &id, FormState::default()).await?)
}

/// `GET /batches/{id}/evidence/{hash}`: to whoever sees the batch.
pub async fn evidence(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, hash)): Path<(String, String)>,
) -> Answer {
    let one = load(&app, &ctx, &id, FormState::default()).await?;
    let hash = FileHash::parse(&hash).ok_or(Failure::NotFound)?;
    let files = one.batch.evidence.iter();
    let file = files
        .filter(|file| !file.is_removed())
        .find(|file| file.hash == hash)
        .ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&hash).await?;
    Ok(download(bytes, "application/octet-stream", &file.name))
}

/// What is done to a batch.
enum Command {
    Undo,
    Confirm,
    Return,
}

async fn give(app: &App, ctx: &Ctx, id: &str, posted: Posted, command: Command) -> Answer {
    ctx.signed_in()?;
    let batch: BatchId = parts::id(id)?;
    // Whoever does not see it is not told that it is there.
    load(app, ctx, id, FormState::default()).await?;
    let reason = posted.values.get("reason").to_owned();
    let key = posted.values.given("key").map(str::to_owned);
    let (journal, scope) = (&app.journal, &ctx.scope);
    let judge = |judgement| JudgeBatch { batch, judgement };
    let done = match command {
        Command::Undo => {
            let undo = UndoBatch { batch, reason };
            observation::undo_batch(journal, scope, &undo, key).await
        }
        Command::Confirm => {
            observation::judge_batch(journal, scope, &judge(Judgement::Confirm), key).await
        }
        Command::Return => {
            let judgement = Judgement::Return { reason };
            observation::judge_batch(journal, scope, &judge(judgement), key).await
        }
    };
    match done {
        Ok(_) => see(ctx, &format!("/batches/{batch}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &load(app, ctx, id, form).await?)
        }
    }
}

/// `POST /batches/{id}/undo`
pub async fn undo(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    give(&app, &ctx, &id, posted, Command::Undo).await
}

/// `POST /batches/{id}/confirm`
pub async fn confirm(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    give(&app, &ctx, &id, posted, Command::Confirm).await
}

/// `POST /batches/{id}/return`
pub async fn give_back(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    give(&app, &ctx, &id, posted, Command::Return).await
}
