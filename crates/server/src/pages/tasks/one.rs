//! One task: who, what, by when, with which product; its results and their judgement.

use access::{DisplayName, FieldClass, Permission, Refusal};
use axum::extract::{Path, State};
use journal::FileHash;
use maud::{Markup, html};
use programme::target::PaperForm;
use programme::task::{ExtendForm, Judgement, ResultForm, TaskCommand, TaskResult, TaskView};
use programme::{Evidence, TaskId};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, answer_with, download, see};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::pages::removals;
use crate::parts;

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    task: TaskView,
    #[serde(skip)]
    names: std::collections::BTreeMap<journal::ActorId, DisplayName>,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, _ctx: &Ctx) -> String {
        super::super::programmes::short(&self.task.row.task.title)
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let row = &self.task.row;
        html! {
            p.crumbs { a href=(format!("/programmes/{}", row.task.programme)) { (ctx.t("Chương trình", "Programme")) }
                " › " a href=(format!("/tasks?programme={}", row.task.programme)) { (ctx.t("Nhiệm vụ", "Tasks")) } }
            (self.form.summary(ctx))
            p { (super::status(row.status, ctx)) @let left = super::days_left(ctx, row); @if !left.is_empty() { " · " (left) }
                @if row.awaits_confirmation && ctx.scope.sees_field(FieldClass::Internal) { " · " (ctx.t("kết quả chờ cơ quan giao việc xác nhận", "the result awaits the assigner")) } }
            (self.facts(ctx))
            @if ctx.scope.sees_field(FieldClass::Internal) { (self.results(ctx)) (self.forms(ctx)) }
            @if ctx.scope.may(Permission::ReadHistory) { p { a href=(format!("/history/task/{}", row.id)) { (ctx.t("Lịch sử", "History")) } } }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::HEAD.to_vec(),
            rows: vec![super::cells(&self.task.row)],
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn facts(&self, ctx: &Ctx) -> Markup {
        let task = &self.task.row.task;
        let source = match &task.place.anchor {
            Some(anchor) => format!("/documents/{}#{anchor}", task.document),
            None => format!("/documents/{}", task.document),
        };
        let optional = |label: &str, value: &Option<String>| {
            html! {
                @if let Some(value) = value { dt { (label) } dd { (value) } }
            }
        };
        html! { dl.facts {
            dt { (ctx.t("Việc", "What")) }
            dd { "“" (task.text) "” " a href=(source) { (ctx.t("xem trong văn bản", "see it in the document")) @if let Some(section) = &task.place.section { " (" (section) ")" } } }
            dt { (ctx.t("Chủ trì", "Lead")) } dd { (super::lead(ctx, &self.task.row)) }
            @if !task.agencies.supporting.is_empty() {
                dt { (ctx.t("Phối hợp", "Supporting")) }
                dd { @for (i, org) in task.agencies.supporting.iter().enumerate() { @if i > 0 { ", " } (parts::org_link(ctx, org)) } }
            }
            @if let Some(officer) = self.task.state.officer { dt { (ctx.t("Cán bộ phụ trách", "Officer")) } dd { (self.name(ctx, officer)) } }
            dt { (ctx.t("Thời hạn", "Deadline")) }
            dd { (parts::date(task.deadline, ctx.lang)) @if let Some(written) = &task.deadline_written { " " span.muted { "(“" (written) "”)" } } }
            (optional(ctx.t("Sản phẩm", "Product"), &task.product))
            (optional(ctx.t("Thẩm quyền", "Authority"), &task.authority))
            (optional(ctx.t("Nhóm nhiệm vụ", "Theme"), &task.theme))
            (optional(ctx.t("Số thứ tự", "Number"), &task.order_number))
            @for extension in &self.task.state.extensions {
                dt { (ctx.t("Gia hạn", "Extended")) }
                dd { (ctx.t("từ ", "from ")) (parts::date(extension.before, ctx.lang)) (ctx.t(" đến ", " to ")) (parts::date(Some(extension.deadline), ctx.lang))
                    ", " (extension.paper.number) " " (parts::date(Some(extension.paper.date), ctx.lang)) " " span.muted { (extension.reason) } }
            }
            @if let Some((reason, paper)) = &self.task.state.withdrawn { dt { (ctx.t("Thu hồi", "Withdrawn")) } dd { (paper.number) " " (reason) } }
        } }
    }

    fn name(&self, ctx: &Ctx, actor: journal::ActorId) -> Markup {
        parts::who(ctx, self.names.get(&actor).unwrap_or(&DisplayName::Erased))
    }

    fn results(&self, ctx: &Ctx) -> Markup {
        html! {
            h2 { (ctx.t("Kết quả thực hiện", "Results")) }
            @if self.task.state.results.is_empty() { (parts::empty(ctx.t("Chưa có kết quả nào được báo cáo.", "No result has been reported yet."), None)) }
            @for result in self.task.state.results.iter().rev() { (self.result(ctx, result)) }
        }
    }

    fn result(&self, ctx: &Ctx, result: &TaskResult) -> Markup {
        let judged = match &result.judgement {
            Judgement::Waiting => {
                html! { (parts::status("info", '◌', ctx.t("chờ xác nhận", "waiting"))) }
            }
            Judgement::Withdrawn { on } => {
                html! { (parts::status("idle", '○', ctx.t("đã rút", "withdrawn"))) " " (parts::date(Some(*on), ctx.lang)) }
            }
            Judgement::Confirmed { on, by } => {
                html! { (parts::status("good", '●', ctx.t("đã xác nhận", "confirmed"))) " " (parts::date(Some(*on), ctx.lang)) ", " (self.name(ctx, *by)) }
            }
            Judgement::Returned { on, by, reason } => {
                html! { (parts::status("bad", '◄', ctx.t("yêu cầu bổ sung", "returned"))) " " (parts::date(Some(*on), ctx.lang)) ", " (self.name(ctx, *by)) ": " (reason) }
            }
        };
        html! { article.card {
            p { strong { (parts::org_name(ctx, &result.by)) } ", " (parts::date(Some(result.on), ctx.lang)) ", " (self.name(ctx, result.actor))
                @if result.no_occurrence { " · " (ctx.t("không phát sinh", "nothing occurred")) } }
            p.pre { (result.text) }
            @if !result.evidence.is_empty() { ul { @for evidence in &result.evidence {
                @let address = format!("/tasks/{}/evidence/{}", self.task.row.id, evidence.hash.as_str());
                li { (removals::file(ctx, &address, &evidence.name, evidence.size, &evidence.hash)) }
            } } }
            p { (judged) }
        } }
    }

    fn forms(&self, ctx: &Ctx) -> Markup {
        let row = &self.task.row;
        if row.status.is_closed() {
            return html! {};
        }
        let waiting = self.task.state.waiting_result().is_some();
        let leads = row.task.agencies.lead.as_ref();
        let own = leads.is_some_and(|lead| ctx.scope.may_for(Permission::SubmitResult, lead));
        let judges = ctx.scope.may(Permission::JudgeResult) && leads != ctx.scope.organisation();
        html! {
            @if own && !waiting { (self.submit_form(ctx)) }
            @if own && waiting { (self.button(ctx, "withdraw-result", ctx.t("Rút kết quả đã gửi", "Take the result back"), "")) }
            @if judges && waiting {
                h2 { (ctx.t("Xác nhận hoặc trả lại", "Confirm or return")) }
                (self.button(ctx, "confirm", ctx.t("Xác nhận hoàn thành", "Confirm"), "primary"))
                form method="post" action=(format!("/tasks/{}/return", row.id)) { (hidden(ctx)) (self.expected())
                    (self.form.text_area(ctx, "reason", ctx.t("Cần bổ sung gì", "What is missing"), Some(ctx.t("Trả lại nghĩa là chưa hoàn thành.", "Returned means not done.")), 3))
                    button type="submit" { (ctx.t("Yêu cầu bổ sung", "Return")) } }
            }
            @if judges { (self.extend_form(ctx)) }
        }
    }

    fn expected(&self) -> Markup {
        html! { input type="hidden" name="expected" value=(self.task.row.version); }
    }

    fn button(&self, ctx: &Ctx, action: &str, label: &str, class: &str) -> Markup {
        html! { form method="post" action=(format!("/tasks/{}/{action}", self.task.row.id)) { (hidden(ctx)) (self.expected())
        button class=(class) type="submit" { (label) } } }
    }

    fn submit_form(&self, ctx: &Ctx) -> Markup {
        html! {
            h2 { (ctx.t("Báo cáo kết quả", "Report the result")) }
            form method="post" enctype="multipart/form-data" action=(format!("/tasks/{}/result", self.task.row.id)) { (hidden(ctx)) (self.expected())
                (self.form.text_area(ctx, "text", ctx.t("Đã làm gì", "What was done"), Some(ctx.t("Kết quả cụ thể, số và ngày văn bản ban hành nếu có.", "Concrete outcome; number and date of the paper issued, if any.")), 4))
                (self.form.file(ctx, "evidence", ctx.t("Minh chứng", "Evidence"), None, ""))
                div.field { label { input type="checkbox" name="no_occurrence" value="yes" checked[self.form.values.has("no_occurrence", "yes")]; " " (ctx.t("Không phát sinh trong kỳ", "Nothing occurred in the period")) } }
                button.primary type="submit" { (ctx.t("Gửi kết quả", "Submit")) }
            }
        }
    }

    fn extend_form(&self, ctx: &Ctx) -> Markup {
        html! { details open[self.form.fault("deadline").is_some() || self.form.fault("paper_number").is_some()] {
            summary { (ctx.t("Gia hạn theo văn bản", "Extend by a paper")) }
            form method="post" action=(format!("/tasks/{}/extend", self.task.row.id)) { (hidden(ctx)) (self.expected())
                (self.form.input(ctx, "text", "deadline", ctx.t("Thời hạn mới", "New deadline"), Some(ctx.t("Ví dụ 31/12/2026", "E.g. 31/12/2026"))))
                (self.form.input(ctx, "text", "paper_number", ctx.t("Số văn bản cho phép", "Number of the paper"), None))
                (self.form.input(ctx, "text", "paper_date", ctx.t("Ngày văn bản", "Its date"), None))
                (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), None, 2))
                button type="submit" { (ctx.t("Gia hạn", "Extend")) }
            }
        } }
    }
}

async fn view(app: &App, ctx: &Ctx, id: TaskId, form: FormState) -> Result<One, Failure> {
    let days = assess::due_soon_days(ctx)?;
    let task = programme::task::get(&app.journal, &ctx.scope, ctx.as_known, id, days).await?;
    let mut actors: Vec<journal::ActorId> = task.state.officer.into_iter().collect();
    for result in &task.state.results {
        actors.push(result.actor);
        match &result.judgement {
            Judgement::Confirmed { by, .. } | Judgement::Returned { by, .. } => actors.push(*by),
            Judgement::Waiting | Judgement::Withdrawn { .. } => {}
        }
    }
    Ok(One {
        names: app.accounts.display_names(&ctx.scope, actors).await?,
        task,
        form,
    })
}

/// `GET /tasks/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = view(&app, &ctx, parts::id(&id)?, FormState::default()).await?;
    answer(&ctx, &view)
}

async fn run(
    app: &App,
    ctx: &Ctx,
    id: &str,
    posted: Posted,
    command: Result<TaskCommand, Refusal>,
) -> Answer {
    ctx.signed_in()?;
    let id: TaskId = parts::id(id)?;
    let given = parts::given(&posted.values);
    let outcome = match command {
        Ok(command) => {
            programme::task::command(&app.journal, &ctx.scope, &given, id, &command).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => see(ctx, &format!("/tasks/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &view(app, ctx, id, form).await?)
        }
    }
}

/// `POST /tasks/{id}/result`
pub async fn submit(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    // Asked before the file is stored: nobody fills the store through a task that is not theirs.
    let seen = view(&app, &ctx, parts::id(&id)?, FormState::default()).await?;
    if let Some(lead) = &seen.task.row.task.agencies.lead {
        ctx.scope.require_for(Permission::SubmitResult, lead)?;
    }
    let mut evidence = Vec::new();
    for upload in &posted.files {
        removals::check_upload(&app, "evidence", &upload.bytes).await?;
        evidence.push(Evidence {
            hash: app.journal.files().put(&upload.bytes).await?,
            name: upload.name.clone(),
            media: "application/octet-stream".into(),
            size: upload.bytes.len() as u64,
            link: None,
        });
    }
    let form = ResultForm {
        text: posted.values.get("text").to_owned(),
        no_occurrence: posted.values.get("no_occurrence").to_owned(),
    };
    run(&app, &ctx, &id, posted, form.parse(evidence)).await
}

/// `POST /tasks/{id}/withdraw-result`
pub async fn withdraw_result(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    run(&app, &ctx, &id, posted, Ok(TaskCommand::WithdrawResult)).await
}

/// `POST /tasks/{id}/confirm`
pub async fn confirm(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    run(&app, &ctx, &id, posted, Ok(TaskCommand::ConfirmResult)).await
}

/// `POST /tasks/{id}/return`
pub async fn send_back(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let reason = posted.values.get("reason").to_owned();
    run(
        &app,
        &ctx,
        &id,
        posted,
        Ok(TaskCommand::ReturnResult { reason }),
    )
    .await
}

/// `POST /tasks/{id}/extend`
pub async fn extend(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    // Asked before the fields are read: what is wrong with them concerns only those who may.
    ctx.scope.require(Permission::JudgeResult)?;
    let text = |name: &str| posted.values.get(name).to_owned();
    let form = ExtendForm {
        deadline: text("deadline"),
        paper: PaperForm {
            paper_number: text("paper_number"),
            paper_date: text("paper_date"),
            reason: text("reason"),
        },
    };
    run(&app, &ctx, &id, posted, form.parse()).await
}

/// `GET /tasks/{id}/evidence/{hash}`: to whoever sees the results of a task it was given for.
pub async fn evidence(
    State(app): State<App>,
    ctx: Ctx,
    Path((_id, hash)): Path<(String, String)>,
) -> Answer {
    let hash = FileHash::parse(&hash).ok_or(Failure::NotFound)?;
    let evidence = programme::task::evidence_visible(&app.journal, &ctx.scope, &hash)
        .await?
        .ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&hash).await?;
    Ok(download(bytes, "application/octet-stream", &evidence.name))
}
