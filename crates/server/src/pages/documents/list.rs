//! The list of documents, and where files are handed in.

use access::{Listed, Permission, Refusal};
use axum::extract::State;
use maud::{Markup, html};
use programme::document::{DocumentFilter, DocumentRow, DocumentStatus};
use serde::Serialize;

use super::receive::{UNMARKED, not_taken};
use super::receiving::Outcome;
use super::{label, title_of};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, hidden};
use crate::parts;

/// Documents of one page, and what became of files just handed in.
#[derive(Serialize)]
pub struct Documents {
    total: u64,
    documents: Vec<DocumentRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<Outcome>,
    #[serde(skip)]
    filter: DocumentFilter,
    #[serde(skip)]
    form: FormState,
}

impl View for Documents {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Văn bản", "Documents").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            (became(ctx, &self.outcomes))
            @if ctx.scope.may(Permission::ReceiveDocument) && ctx.as_known_on.is_none() { (self.upload(ctx)) }
            (self.filters(ctx))
            @if self.documents.is_empty() {
                (parts::empty(ctx.t("Không có văn bản nào khớp trong phạm vi của bạn.", "No document within your scope matches."),
                    Some(("/documents", ctx.t("Bỏ lọc", "Clear the filter")))))
            } @else {
                (rows(ctx, &self.documents))
                (parts::pager(ctx, self.total))
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec![
                "id",
                "title",
                "number",
                "kind",
                "issuer",
                "date",
                "status",
                "programme",
            ],
            rows: self.documents.iter().map(cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn cells(row: &DocumentRow) -> Vec<String> {
    let header = &row.summary.header;
    vec![
        row.id.to_string(),
        header
            .title
            .clone()
            .or_else(|| row.summary.file.as_ref().map(|file| file.name.clone()))
            .unwrap_or_default(),
        header.number.clone().unwrap_or_default(),
        label::kind_word(header.kind).to_owned(),
        header.issuer.clone().unwrap_or_default(),
        header.date.map(|date| date.to_string()).unwrap_or_default(),
        row.summary.status.as_str().to_owned(),
        row.summary
            .programme
            .map(|id| id.to_string())
            .unwrap_or_default(),
    ]
}

impl Documents {
    fn upload(&self, ctx: &Ctx) -> Markup {
        let fault = self
            .form
            .faults
            .iter()
            .filter(|fault| fault.field == "file");
        let faulty = self.form.fault("file").is_some();
        html! {
            details.upload open[faulty || self.total == 0] {
                summary { (ctx.t("Tiếp nhận văn bản mới", "Hand in a document")) }
                form method="post" action="/documents" enctype="multipart/form-data" {
                    (hidden(ctx))
                    div.field.field-bad[faulty] {
                        label for="f-file" { (ctx.t("Tệp văn bản", "Files")) }
                        p.hint id="h-file" { (ctx.t(
                            "Tệp .docx, PDF, .html, .txt; .doc, .rtf, .odt và ảnh quét nếu máy chủ có LibreOffice, Tesseract. Chọn được nhiều tệp. Không nộp văn bản có dấu Mật, Tối mật, Tuyệt mật.",
                            ".docx, PDF, .html, .txt; .doc, .rtf, .odt and scans where the server has LibreOffice and Tesseract. Several may be chosen. Do not hand in documents marked Mật, Tối mật or Tuyệt mật (state secrets).")) }
                        input type="file" id="f-file" name="file" multiple required accept=".docx,.pdf,.html,.htm,.txt,.doc,.rtf,.odt,.png,.jpg,.jpeg,.tif,.tiff,text/plain,text/html,application/pdf"
                            aria-describedby=(if faulty { "h-file e-file" } else { "h-file" }) aria-invalid=[faulty.then_some("true")];
                        div id="e-file" { @for fault in fault { p.fault { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) } } }
                    }
                    p { label { input type="checkbox" name=(UNMARKED) value="yes"; " "
                        (ctx.t("Với bản quét, ảnh: đã xem từng trang, không có dấu Mật, Tối mật, Tuyệt mật", "Of scans and pictures: I have looked at every page, none bears a mark of secrecy")) } }
                    button.primary type="submit" { (ctx.t("Tiếp nhận và đọc", "Hand in and read")) }
                }
            }
        }
    }

    fn filters(&self, ctx: &Ctx) -> Markup {
        html! {
            form.filters action="/documents" {
                div { label for="q-text" { (ctx.t("Số hiệu, tên, nơi ban hành", "Number, title, issuer")) }
                    input type="search" id="q-text" name="q" value=(self.filter.text.as_deref().unwrap_or("")); }
                div { label for="q-status" { (ctx.t("Trạng thái", "Status")) }
                    select id="q-status" name="status" {
                        option value="" { (ctx.t("Tất cả", "All")) }
                        @for status in DocumentStatus::ALL {
                            option value=(status.as_str()) selected[self.filter.status == Some(status)] { (status.label(ctx.lang)) }
                        }
                    } }
                @if let Some(day) = ctx.as_known_on { input type="hidden" name="as_known_on" value=(day); }
                button type="submit" { (ctx.t("Lọc", "Filter")) }
            }
        }
    }
}

fn rows(ctx: &Ctx, documents: &[DocumentRow]) -> Markup {
    html! {
        div.scroll { table.stack {
            thead { tr {
                th scope="col" { (ctx.t("Văn bản", "Document")) }
                th scope="col" { (ctx.t("Số hiệu", "Number")) }
                th scope="col" { (ctx.t("Loại", "Kind")) }
                th scope="col" { (ctx.t("Nơi ban hành", "Issuer")) }
                th scope="col" { (ctx.t("Ngày", "Date")) }
                th scope="col" { (ctx.t("Trạng thái", "Status")) }
                th scope="col" { (ctx.t("Tiếp nhận", "Received")) }
            } }
            tbody { @for row in documents {
                @let header = &row.summary.header;
                tr {
                    td.main { a href=(format!("/documents/{}", row.id)) { (title_of(ctx, &row.summary)) } }
                    td data-label=(ctx.t("Số hiệu", "Number")) { (header.number.as_deref().unwrap_or("–")) }
                    td data-label=(ctx.t("Loại", "Kind")) { (label::kind(header.kind, ctx.lang)) }
                    td data-label=(ctx.t("Nơi ban hành", "Issuer")) { (header.issuer.as_deref().unwrap_or("–")) }
                    td.nowrap data-label=(ctx.t("Ngày", "Date")) { (parts::date(header.date, ctx.lang)) }
                    td data-label=(ctx.t("Trạng thái", "Status")) { (status(ctx, row.summary.status)) }
                    td.nowrap data-label=(ctx.t("Tiếp nhận", "Received")) { (parts::date(Some(parts::day_of(row.summary.received_at)), ctx.lang)) }
                }
            } }
        } }
    }
}

/// The status of a document by word, shape and colour.
pub fn status(ctx: &Ctx, status: DocumentStatus) -> Markup {
    let (class, shape) = label::status_look(status);
    parts::status(class, shape, status.label(ctx.lang))
}

/// What became of files just handed in.
pub fn became(ctx: &Ctx, outcomes: &[Outcome]) -> Markup {
    let secret = outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Secret { .. }));
    html! {
        @for (number, outcome) in outcomes.iter().enumerate() { @match outcome {
            Outcome::Received { name, document, job, same_as } => {
            p.notice.notice-good {
                (ctx.t("Đã tiếp nhận ", "Taken: ")) a href=(format!("/documents/{document}")) { (name) } ". "
                a href=(format!("/jobs/{job}")) { (ctx.t("Xem việc đọc", "See it being read")) } }
            @if let Some(other) = same_as { p.notice.notice-warn {
                (ctx.t("Đúng tệp này đã được nộp trước đây: ", "Exactly this file was handed in before: ")) a href=(format!("/documents/{other}")) { (ctx.t("xem văn bản đã có", "see that document")) } ". " } } }
            Outcome::Refused { .. } | Outcome::Secret { .. } => @if let Some(say) = not_taken(number, outcome) {
                p.notice.notice-bad role="alert" { strong { (ctx.t("Chưa nhận. ", "Not taken. ")) } (say.in_lang(ctx.lang)) } },
        } }
        @if secret { (what_to_do(ctx)) }
    }
}

/// What an officer must do who tried to hand in a secret document.
pub fn what_to_do(ctx: &Ctx) -> Markup {
    html! {
        div.notice.notice-warn {
            p { (ctx.t(
                "Hệ thống không giữ lại tệp, tên tệp hay nội dung; chỉ ghi rằng đã có lần từ chối: ai, lúc nào, mức mật nào. Việc bạn cần làm:",
                "Neither the file, its name nor its content is kept; only that it was refused is recorded: who, when, which mark. What you must do:")) }
            ol {
                li { (ctx.t("Không gửi lại văn bản này qua hệ thống, thư điện tử hay mạng nào khác không dành cho bí mật nhà nước.", "Do not send this document again, here, by mail or over any network not meant for state secrets.")) }
                li { (ctx.t("Ngắt máy đang giữ tệp khỏi mạng và báo ngay người phụ trách bảo vệ bí mật nhà nước của cơ quan.", "Take the machine that holds the file off the network and tell your office's officer for state secrets at once.")) }
                li { (ctx.t("Nếu dấu mật đã được giải mật hoặc đóng nhầm, nộp bản đã được người có thẩm quyền xác nhận không còn dấu mật.", "If the mark was lifted or set by mistake, hand in the version that the competent person has confirmed to be without it.")) }
            }
        }
    }
}

/// The list as the query asks for it, with a form and what became of files just handed in.
pub async fn view(
    app: &App,
    ctx: &Ctx,
    form: FormState,
    outcomes: Vec<Outcome>,
) -> Result<Documents, Failure> {
    let filter = filter(ctx)?;
    let page = parts::page(ctx);
    let Listed { rows, total } =
        programme::document::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page).await?;
    Ok(Documents {
        total,
        documents: rows,
        outcomes,
        filter,
        form,
    })
}

fn filter(ctx: &Ctx) -> Result<DocumentFilter, Failure> {
    let given = |name: &str| ctx.query(name).filter(|text| !text.trim().is_empty());
    let status = given("status")
        .map(|word| word.parse::<DocumentStatus>())
        .transpose()
        .map_err(|_| {
            Refusal::invalid(
                "status",
                "Không có trạng thái văn bản này.",
                "There is no such status of a document.",
            )
        })?;
    Ok(DocumentFilter {
        status,
        text: given("q"),
        ..DocumentFilter::default()
    })
}

/// `GET /documents?status=&q=&page=`
pub async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    let view = view(&app, &ctx, FormState::default(), Vec::new()).await?;
    answer(&ctx, &view)
}
