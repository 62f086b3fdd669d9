//! Adopting a reading into a programme, or keeping the document for reference.

use access::{Page, Permission, Refusal};
use axum::extract::{Path, State};
use jiff::civil::Date;
use maud::{Markup, html};
use programme::document::{
    CorrectedReading, DocumentCommand, DocumentStatus, DocumentView, TargetItem, TaskItem,
};
use programme::programme::ProgrammeRow;
use programme::{DocumentId, ProgrammeId};
use reading::DocumentKind;
use serde::Serialize;
use viet::AreaKey;

use super::adopt_form::{
    NEW, areas, lead_field, open_targets, open_tasks, prefilled, responsible_field, supporting,
    typed,
};
use super::beside::{from_scan, intake_diagnostics, is_scanned};
use super::item::open;
use super::{choices, label, reading_of, title_of};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

/// What is to be adopted, and into what.
#[derive(Serialize)]
struct AdoptPage {
    document: DocumentId,
    version: journal::Seq,
    /// News orders nothing.
    reference_only: bool,
    targets: Vec<TargetItem>,
    tasks: Vec<TaskItem>,
    programmes: Vec<ProgrammeRow>,
    /// Its words were recognised from a picture.
    scanned: bool,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    status: DocumentStatus,
    #[serde(skip)]
    home: Option<AreaKey>,
    #[serde(skip)]
    areas: choices::Options,
    #[serde(skip)]
    organisations: choices::Options,
    #[serde(skip)]
    form: FormState,
}

impl View for AdoptPage {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Thông qua bản đọc", "Adopt the reading").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let reading = format!("/documents/{}/reading", self.document);
        html! {
            p.crumbs { a href=(format!("/documents/{}", self.document)) { (self.title) } " › " a href=(reading) { (ctx.t("Bản đọc", "Reading")) } }
            (self.form.summary(ctx))
            @if self.scanned { (from_scan(ctx)) }
            @if self.reference_only { (self.reference(ctx)) }
            @else if self.targets.is_empty() && self.tasks.is_empty() {
                (parts::empty(ctx.t("Không còn mục nào để thông qua: mọi chỉ tiêu, nhiệm vụ đã được thông qua hoặc loại.", "Nothing is left to adopt: everything has been adopted or rejected."),
                    Some((&reading, ctx.t("Thêm mục bị bỏ sót", "Add what was missed")))))
                (self.reference(ctx))
            } @else { (self.adoption(ctx)) (self.reference(ctx)) }
        }
    }

    fn table(&self) -> Table {
        let rows = |id: &str, sort: &str, text: &str| {
            vec![id.to_owned(), sort.to_owned(), text.to_owned()]
        };
        let targets = self
            .targets
            .iter()
            .map(|item| rows(&item.id, "target", &item.text));
        let tasks = self
            .tasks
            .iter()
            .map(|item| rows(&item.id, "task", &item.text));
        Table {
            head: vec!["id", "sort", "text"],
            rows: targets.chain(tasks).collect(),
        }
    }
}

impl AdoptPage {
    /// To be consulted only.
    fn reference(&self, ctx: &Ctx) -> Markup {
        let done = self.status == DocumentStatus::Reference;
        html! {
            @if self.reference_only {
                p.notice.notice-warn { (ctx.t(
                    "Đây là tin báo chí: chỉ để tham khảo, không làm căn cứ pháp lý nên không thông qua vào chương trình. Nếu máy nhận nhầm loại văn bản, sửa ở ",
                    "This is a news item: reference only, no legal basis, so it cannot be adopted. If the kind was read wrongly, correct it in "))
                    a href=(format!("/documents/{}/reading/header", self.document)) { (ctx.t("thông tin văn bản", "the document's details")) } "." }
            }
            @if done { p.notice.notice-good { (ctx.t("Văn bản đang được giữ làm tham khảo.", "The document is kept as reference.")) } }
            @else if self.status == DocumentStatus::Read {
                form method="post" action=(format!("/documents/{}/reference", self.document)) { (hidden(ctx))
                    button type="submit" { (ctx.t("Giữ làm tham khảo, không thông qua", "Keep as reference, do not adopt")) } }
            }
        }
    }

    fn adoption(&self, ctx: &Ctx) -> Markup {
        html! {
            form method="post" action=(format!("/documents/{}/adopt", self.document)) {
                (hidden(ctx)) input type="hidden" name="expected" value=(self.version);
                (self.into(ctx))
                @if !self.targets.is_empty() { h2 { (ctx.t("Chỉ tiêu", "Targets")) " (" (self.targets.len()) ")" } (self.target_rows(ctx)) }
                @if !self.tasks.is_empty() { h2 { (ctx.t("Nhiệm vụ", "Tasks")) " (" (self.tasks.len()) ")" } (self.task_rows(ctx)) }
                div.sum.sum-foot { button.primary type="submit" { (ctx.t("Thông qua các mục đã chọn", "Adopt what is ticked")) } " "
                    span.small.muted { (ctx.t("Mục đã thông qua không sửa ở bản đọc nữa, chỉ điều chỉnh bằng văn bản.", "What is adopted is no longer corrected here, only amended by paper.")) } }
            }
        }
    }

    fn into(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let new = (
            NEW.to_owned(),
            ctx.t(
                "Chương trình mới (điền bên dưới)",
                "A new programme (fill in below)",
            )
            .to_owned(),
        );
        let known = self.programmes.iter().filter_map(|row| {
            let fields = row.state.fields.as_ref()?;
            row.state
                .closed
                .is_none()
                .then(|| (row.id.to_string(), fields.title.clone()))
        });
        let options: Vec<_> = [new].into_iter().chain(known).collect();
        html! {
            (form.select(ctx, "into", ctx.t("Đưa vào chương trình", "Into the programme"), None, &options))
            @if let Some(fault) = form.fault("other_area") { div.field.field-bad {
                p.fault id="e-other_area" { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) }
                label { input type="checkbox" id="f-other_area" name="other_area" value="yes" aria-describedby="e-other_area"; " " (ctx.t("Đúng, đưa vào chương trình của địa bàn khác", "Yes, into a programme of another area")) } } }
            fieldset { legend { (ctx.t("Nếu lập chương trình mới", "If a new programme is founded")) }
                (form.text_area(ctx, "title", ctx.t("Tên chương trình", "Title"), None, 2))
                (form.input(ctx, "text", "number", ctx.t("Số hiệu văn bản", "Number"), None))
                (form.input(ctx, "text", "issuer", ctx.t("Nơi ban hành", "Issuer"), None))
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), Some(ctx.t("Địa bàn tại thời điểm ban hành văn bản", "The area as it was when the document was issued")), &self.areas))
                (form.input(ctx, "text", "from", ctx.t("Từ năm (hoặc ngày)", "From (year or day)"), None))
                (form.input(ctx, "text", "to", ctx.t("Đến hết năm (hoặc ngày)", "Until the end of (year or day)"), Some(ctx.t("Để trống nếu không định kỳ hạn", "Empty when it has no end"))))
            }
            @if let Some(fault) = form.fault("targets").or(form.fault("tasks")) { p.fault id="f-targets" { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) } }
        }
    }

    fn target_rows(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr { th scope="col" { (ctx.t("Chỉ tiêu", "Target")) } th scope="col" { (ctx.t("Mức phải đạt", "Demand")) } th scope="col" { (ctx.t("Cơ quan chịu trách nhiệm", "Responsible")) } } }
            tbody { @for item in &self.targets { @let terms = &item.fields.terms; tr {
                td.main { (self.tick(ctx, "targets", &item.id, &item.text))
                    div.small { @match &terms.indicator {
                        Some(id) => (parts::indicator_name(ctx, id.as_str())),
                        None => { (parts::status("warn", '▲', ctx.t("chưa gắn chỉ số: sẽ không tính được tiến độ", "not linked: progress cannot be derived"))) }
                    } } }
                td data-label=(ctx.t("Mức phải đạt", "Demand")) { (assess::demand(ctx, terms)) ", " (assess::by_when(ctx, terms)) }
                td data-label=(ctx.t("Chịu trách nhiệm", "Responsible")) { (self.organisation(ctx, &responsible_field(&item.id), ctx.t("Cơ quan chịu trách nhiệm", "Responsible"))) }
            } } }
        } } }
    }

    fn task_rows(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr { th scope="col" { (ctx.t("Nhiệm vụ", "Task")) } th scope="col" { (ctx.t("Cơ quan chủ trì", "Lead")) } th scope="col" { (ctx.t("Phối hợp", "Supporting")) } th scope="col" { (ctx.t("Thời hạn", "Deadline")) } } }
            tbody { @for item in &self.tasks { tr {
                td.main { (self.tick(ctx, "tasks", &item.id, &item.text))
                    @if let Some(theme) = &item.fields.theme { " " span.tag { (label::theme(theme, ctx.lang)) } } }
                td data-label=(ctx.t("Chủ trì", "Lead")) { (self.organisation(ctx, &lead_field(&item.id), ctx.t("Cơ quan chủ trì", "Lead")))
                    @if let Some(written) = &item.fields.lead { div.small.muted { (ctx.t("Văn bản ghi: ", "Written: ")) (written) } } }
                td data-label=(ctx.t("Phối hợp", "Supporting")) { (self.supporting(ctx, item)) }
                td data-label=(ctx.t("Thời hạn", "Deadline")) { (deadline(ctx, item.fields.due, item.fields.deadline.as_deref())) }
            } } }
        } } }
    }

    fn supporting(&self, ctx: &Ctx, item: &TaskItem) -> Markup {
        let found = supporting(ctx, self.home, item);
        html! {
            @for id in &found { (parts::org_name(ctx, id)) br; }
            @if found.len() < item.fields.supporting.len() { div.small.muted { (ctx.t("Văn bản ghi: ", "Written: ")) (item.fields.supporting.join("; ")) } }
            @if item.fields.supporting.is_empty() { span.muted { "–" } }
        }
    }

    /// A checkbox with the words of the item as its label.
    fn tick(&self, ctx: &Ctx, name: &str, item: &str, text: &str) -> Markup {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        html! {
            label { input type="checkbox" name=(name) value=(item) checked[self.form.values.has(name, item)]; " " (line) }
            " " a.small href=(format!("/documents/{}/reading#{item}", self.document)) { (ctx.t("xem", "see")) }
        }
    }

    fn organisation(&self, ctx: &Ctx, name: &str, label: &str) -> Markup {
        let chosen = self.form.values.get(name);
        let fault = self.form.fault(name);
        html! {
            select id=(format!("f-{name}")) name=(name) aria-label=(label) aria-invalid=[fault.map(|_| "true")] {
                @for (value, text) in &self.organisations { option value=(value) selected[value == chosen] { (text) } }
            }
            @if let Some(fault) = fault { p.fault { (fault.say.in_lang(ctx.lang)) } }
        }
    }
}

fn deadline(ctx: &Ctx, due: Option<Date>, written: Option<&str>) -> Markup {
    html! {
        (parts::date(due, ctx.lang))
        @if let Some(written) = written { div.small.muted { (written) } }
    }
}

/// Programmes offered: more than any province runs at a time.
const PROGRAMMES: u32 = 200;

async fn page(
    app: &App,
    ctx: &Ctx,
    view: &DocumentView,
    form: FormState,
) -> Result<AdoptPage, Failure> {
    let reading: &CorrectedReading = reading_of(view)?;
    let programmes = programme::programme::list(
        &app.journal,
        &ctx.scope,
        ctx.as_known,
        Page::first(PROGRAMMES),
    )
    .await?;
    Ok(AdoptPage {
        document: view.row.id,
        version: view.state.version,
        reference_only: reading.header.kind == DocumentKind::News,
        targets: open_targets(reading).cloned().collect(),
        tasks: open_tasks(reading).cloned().collect(),
        programmes: programmes.rows,
        scanned: is_scanned(&intake_diagnostics(app, ctx, view).await?),
        title: title_of(ctx, &view.row.summary),
        status: view.row.summary.status,
        home: choices::home(ctx, &reading.header),
        areas: areas(ctx, reading, form.values.get("area")),
        organisations: choices::organisations(ctx, choices::agencies_of(ctx, reading)),
        form,
    })
}

/// `GET /documents/{id}/adopt`
pub async fn form(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let form = FormState::prefilled(prefilled(&ctx, &view, reading_of(&view)?));
    answer(&ctx, &page(&app, &ctx, &view, form).await?)
}

/// `POST /documents/{id}/adopt`
pub async fn adopt(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let reading = reading_of(&view)?;
    let typed = match other_area(&app, &ctx, reading, &posted.values).await {
        Ok(()) => typed(&ctx, &view, reading, &posted.values),
        Err(refusal) => Err(refusal),
    };
    let outcome = match typed {
        Ok(command) => {
            let given = parts::given(&posted.values);
            programme::adopt_reading(&app.journal, &ctx.scope, &given, &command)
                .await
                .map(|_| command.into.id())
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(programme) => see(&ctx, &format!("/programmes/{programme}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &page(&app, &ctx, &view, form).await?)
        }
    }
}

/// Targets take the area of the programme they go into: a document of another area is adopted into it only
/// when the officer says that this is meant.
async fn other_area(
    app: &App,
    ctx: &Ctx,
    reading: &CorrectedReading,
    values: &FormValues,
) -> Result<(), Refusal> {
    let Ok(programme) = values.get("into").parse::<ProgrammeId>() else {
        return Ok(());
    };
    let (journal, scope, now) = (&app.journal, &ctx.scope, ctx.as_known);
    let row = programme::programme::get(journal, scope, now, programme).await?;
    let into = row.state.fields.as_ref().map(|fields| fields.area);
    let of = choices::area_of(ctx, &reading.header);
    let (Some(into), Some(of)) = (into, of) else {
        return Ok(());
    };
    if into == of || values.has("other_area", "yes") {
        return Ok(());
    }
    let (of, into) = (parts::area_name(ctx, of), parts::area_name(ctx, into));
    Err(Refusal::invalid(
        "other_area",
        format!(
            "Văn bản là của {of}, chương trình là của {into}: chỉ tiêu sẽ tính cho {into}. Đánh dấu nếu đúng là muốn vậy."
        ),
        format!(
            "The document is of {of}, the programme of {into}: the targets would count for {into}. Tick if that is meant."
        ),
    ))
}

/// `POST /documents/{id}/reference`
pub async fn keep_as_reference(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let id: DocumentId = parts::id(&id)?;
    let given = parts::given(&posted.values);
    let command = DocumentCommand::KeepAsReference;
    programme::document::command(&app.journal, &ctx.scope, &given, id, &command).await?;
    see(&ctx, &format!("/documents/{id}"))
}
