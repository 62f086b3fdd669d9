//! Reading a document once more: first the difference, then, if the officer wants it, the other reading
//! takes the place of the one in force. What persons corrected, added or rejected stays.

use access::{Permission, Refusal};
use axum::extract::{Path, State};
use journal::Seq;
use maud::{Markup, html};
use programme::DocumentId;
use programme::document::{
    Difference, Differing, DocumentCommand, DocumentStatus, DocumentView, Fate, HeaderFields,
    StoredReading, TargetDraft, TaskDraft, reread,
};
use serde::Serialize;

use super::job::{READER, read};
use super::{label, load, reading_of, title_of};
use crate::answer::{Answer, Table, View, answer, see};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{Posted, hidden};
use crate::parts;
use crate::work::Stopped;

/// What another reading would change.
#[derive(Serialize)]
struct RereadPage {
    document: DocumentId,
    /// The version the difference was drawn against.
    version: Seq,
    /// The reader of the reading in force.
    reader: Option<String>,
    /// The reader that read again.
    other: &'static str,
    difference: Difference,
    #[serde(skip)]
    title: String,
}

/// The document and another reading of it.
async fn read_once_more(
    app: &App,
    ctx: &Ctx,
    id: &str,
) -> Result<(DocumentView, StoredReading), Failure> {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let view = load(app, ctx, id).await?;
    reading_of(&view)?;
    if view.row.summary.status == DocumentStatus::Adopted {
        return Err(Failure::from(Refusal::conflict(
            "Văn bản đã đưa vào chương trình nên không đọc lại.",
            "The document has been adopted and is not read again.",
        )));
    }
    let intake = view.state.intake.clone().ok_or(Failure::NotFound)?;
    let lexicon = crate::lexicon::lexicon(&ctx.directory);
    let fresh = read(app, &intake, lexicon).await.map_err(stopped)?;
    Ok((view, fresh))
}

fn stopped(stopped: Stopped) -> Failure {
    match stopped {
        Stopped::Failed(say) => Failure::Conflict(say),
        other => Failure::Broken(format!("reading once more: {other:?}")),
    }
}

/// `GET /documents/{id}/reread`: what another reading would change. Nothing is recorded.
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let (view, fresh) = read_once_more(&app, &ctx, &id).await?;
    let (difference, _) = reread(reading_of(&view)?, &fresh);
    let summary = &view.row.summary;
    let page = RereadPage {
        document: view.row.id,
        version: view.state.version,
        reader: summary.read.as_ref().map(|read| read.reader.clone()),
        other: READER,
        difference,
        title: title_of(&ctx, summary),
    };
    answer(&ctx, &page)
}

/// `POST /documents/{id}/reread`: the other reading takes the place of the one in force.
pub async fn take(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (view, fresh) = read_once_more(&app, &ctx, &id).await?;
    let command = DocumentCommand::Reread {
        reading: Box::new(fresh),
        reader: READER.to_owned(),
    };
    let (id, given) = (view.row.id, parts::given(&posted.values));
    programme::document::command(&app.journal, &ctx.scope, &given, id, &command).await?;
    see(&ctx, &format!("/documents/{id}/reading"))
}

/// How one item is told: what it demands, and by when.
trait Told {
    fn told(&self, ctx: &Ctx) -> String;
}

impl Told for TargetDraft {
    fn told(&self, ctx: &Ctx) -> String {
        let indicator = self.terms.indicator.as_ref();
        let indicator = indicator.map(|id| parts::indicator_name(ctx, id.as_str()));
        let indicator = indicator.unwrap_or(ctx.t("chưa gắn chỉ số", "not linked").to_owned());
        let (demand, when) = (
            assess::demand(ctx, &self.terms),
            assess::by_when(ctx, &self.terms),
        );
        format!("{demand}, {when}; {indicator}")
    }
}

impl Told for TaskDraft {
    fn told(&self, ctx: &Ctx) -> String {
        let unknown = || ctx.t("không nêu", "not stated").to_owned();
        let lead = self.lead.clone().unwrap_or_else(unknown);
        let deadline = self.deadline.clone().unwrap_or_else(unknown);
        format!(
            "{}: {lead}; {}: {deadline}",
            ctx.t("chủ trì", "lead"),
            ctx.t("thời hạn", "deadline")
        )
    }
}

/// The word of a fate, its sign and its colour.
fn fate<F>(ctx: &Ctx, fate: &Fate<F>) -> Markup {
    match fate {
        Fate::Found { .. } => parts::status("info", '+', ctx.t("mới thấy", "found now")),
        Fate::Gone { .. } => {
            parts::status("warn", '−', ctx.t("không còn thấy", "not found any more"))
        }
        Fate::Changed { .. } => parts::status("info", '≠', ctx.t("đọc khác đi", "read otherwise")),
        Fate::Kept { .. } => parts::status("ok", '✓', ctx.t("giữ như đã sửa", "kept as corrected")),
    }
}

fn word<F>(fate: &Fate<F>) -> &'static str {
    match fate {
        Fate::Found { .. } => "found",
        Fate::Gone { .. } => "gone",
        Fate::Changed { .. } => "changed",
        Fate::Kept { .. } => "kept",
    }
}

fn sides<F>(fate: &Fate<F>) -> (Option<&F>, Option<&F>) {
    match fate {
        Fate::Found { after } => (None, Some(after)),
        Fate::Gone { before } => (Some(before), None),
        Fate::Changed { before, after } => (Some(before), Some(after)),
        Fate::Kept { before, after, .. } => (Some(before), after.as_ref()),
    }
}

fn items<F: Told>(ctx: &Ctx, heading: &str, items: &[Differing<F>]) -> Markup {
    let side = |draft: Option<&F>| draft.map_or("–".to_owned(), |draft| draft.told(ctx));
    html! {
        @if !items.is_empty() {
            h2 { (heading) }
            div.scroll { table {
                thead { tr {
                    th scope="col" { (ctx.t("Kết quả", "Outcome")) }
                    th scope="col" { (ctx.t("Chữ trong văn bản", "Words of the text")) }
                    th scope="col" { (ctx.t("Đang có", "As it stands")) }
                    th scope="col" { (ctx.t("Đọc lại", "Read again")) }
                } }
                tbody { @for item in items {
                    @let (before, after) = sides(&item.fate);
                    tr { td { (fate(ctx, &item.fate)) } td { q { (item.text) } } td { (side(before)) } td { (side(after)) } }
                } }
            } }
        }
    }
}

fn header(ctx: &Ctx, (before, after): &(HeaderFields, HeaderFields)) -> Markup {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let of = |header: &HeaderFields| {
        [
            label::kind(header.kind, ctx.lang).to_owned(),
            text(&header.number),
            text(&header.issuer),
            header
                .date
                .map_or("–".to_owned(), |date| viet::date::format(date, ctx.lang)),
            text(&header.area),
            text(&header.title),
        ]
    };
    let names = [
        ctx.t("Loại", "Kind"),
        ctx.t("Số hiệu", "Number"),
        ctx.t("Nơi ban hành", "Issuer"),
        ctx.t("Ngày ban hành", "Date"),
        ctx.t("Địa bàn", "Area"),
        ctx.t("Tiêu đề", "Title"),
    ];
    html! {
        h2 { (ctx.t("Phần đầu văn bản", "Header")) }
        div.scroll { table {
            thead { tr { th scope="col" { (ctx.t("Mục", "Field")) } th scope="col" { (ctx.t("Đang có", "As it stands")) } th scope="col" { (ctx.t("Đọc lại", "Read again")) } } }
            tbody { @for (name, (before, after)) in names.iter().zip(of(before).iter().zip(&of(after))) {
                @if before != after { tr { th scope="row" { (name) } td { (before) } td { (after) } } }
            } }
        } }
    }
}

impl View for RereadPage {
    fn title(&self, ctx: &Ctx) -> String {
        format!("{}: {}", ctx.t("Đọc lại", "Read again"), self.title)
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let difference = &self.difference;
        let address = format!("/documents/{}", self.document);
        html! {
            p { a href=(format!("{address}/reading")) { (ctx.t("← Bản đọc đang dùng", "← The reading in force")) } }
            p.muted { (ctx.t("Đang dùng", "In force")) ": " (self.reader.as_deref().unwrap_or("–")) " · " (ctx.t("đọc lại bằng", "read again with")) ": " (self.other)
                " · " (difference.alike) " " (ctx.t("mục giống nhau", "items alike")) }
            @if difference.changes_something() {
                p { (ctx.t("Những gì đã sửa, thêm, loại bằng tay được giữ nguyên. Chưa có gì được ghi lại.", "What was corrected, added or rejected by hand stays. Nothing is recorded yet.")) }
                form method="post" action=(format!("{address}/reread")) {
                    (hidden(ctx))
                    input type="hidden" name="expected" value=(self.version);
                    button type="submit" { (ctx.t("Nhận bản đọc mới", "Take the new reading")) }
                    " " a href=(format!("{address}/reading")) { (ctx.t("Giữ bản đang dùng", "Keep the one in force")) }
                }
            } @else {
                p.notice { (ctx.t("Đọc lại không làm thay đổi gì.", "Reading again changes nothing.")) }
            }
            @if let Some(both) = &difference.header { (header(ctx, both)) }
            (items(ctx, ctx.t("Chỉ tiêu", "Targets"), &difference.targets))
            (items(ctx, ctx.t("Nhiệm vụ", "Tasks"), &difference.tasks))
        }
    }

    fn table(&self) -> Table {
        let target = |item: &Differing<TargetDraft>| {
            let row = ["target", word(&item.fate), &item.text];
            row.map(str::to_owned).to_vec()
        };
        let task = |item: &Differing<TaskDraft>| {
            let row = ["task", word(&item.fate), &item.text];
            row.map(str::to_owned).to_vec()
        };
        let targets = self.difference.targets.iter().map(target);
        Table {
            head: vec!["item", "fate", "text"],
            rows: targets
                .chain(self.difference.tasks.iter().map(task))
                .collect(),
        }
    }
}
