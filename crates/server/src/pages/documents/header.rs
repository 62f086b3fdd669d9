//! Correcting what a document says about itself.

use axum::extract::{Path, State};
use maud::{Markup, html};
use programme::DocumentId;
use programme::document::{DocumentCommand, DocumentView, HeaderFields, HeaderForm};
use serde::Serialize;
use viet::Lang;

use super::item::{open, send};
use super::{label, reading_of, sign_of};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};

#[derive(Serialize)]
struct HeaderPage {
    document: DocumentId,
    version: journal::Seq,
    header: HeaderFields,
    #[serde(skip)]
    sign: String,
    #[serde(skip)]
    form: FormState,
}

impl View for HeaderPage {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Sửa thông tin văn bản", "Correct the document's details")
            .into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let back = format!("/documents/{}/reading", self.document);
        let kinds: Vec<_> = label::KINDS
            .iter()
            .map(|(kind, word)| ((*word).to_owned(), label::kind(*kind, ctx.lang).to_owned()))
            .collect();
        html! {
            p.crumbs { a href=(back) { (ctx.t("Bản đọc", "Reading")) } }
            (form.summary(ctx))
            form method="post" action=(format!("{back}/header")) {
                (hidden(ctx)) input type="hidden" name="seen" value=(self.sign);
                (form.select(ctx, "kind", ctx.t("Loại văn bản", "Kind"), Some(ctx.t("Tin báo chí chỉ để tham khảo, không thông qua được", "A news item is reference only and cannot be adopted")), &kinds))
                (form.text_area(ctx, "title", ctx.t("Tên văn bản", "Title"), None, 3))
                (form.input(ctx, "text", "number", ctx.t("Số hiệu", "Number"), None))
                (form.input(ctx, "text", "issuer", ctx.t("Nơi ban hành", "Issuer"), None))
                (form.input(ctx, "text", "date", ctx.t("Ngày ban hành", "Date of issue"), Some(ctx.t("Viết như 25/02/2025", "Written 25/02/2025"))))
                (form.input(ctx, "text", "area", ctx.t("Địa bàn", "Area"), Some(ctx.t("Như ghi trong văn bản", "As written"))))
                ul.actions { li { button.primary type="submit" { (ctx.t("Ghi", "Record")) } }
                    li { a href=(back) { (ctx.t("Thôi", "Cancel")) } } }
            }
        }
    }

    fn table(&self) -> Table {
        let header = &self.header;
        let text = |option: &Option<String>| option.clone().unwrap_or_default();
        Table {
            head: vec!["kind", "title", "number", "issuer", "date", "area"],
            rows: vec![vec![
                label::kind_word(header.kind).to_owned(),
                text(&header.title),
                text(&header.number),
                text(&header.issuer),
                header.date.map(|date| date.to_string()).unwrap_or_default(),
                text(&header.area),
            ]],
        }
    }
}

fn prefilled(header: &HeaderFields) -> FormValues {
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    FormValues::of([
        ("kind", label::kind_word(header.kind).to_owned()),
        ("title", text(&header.title)),
        ("number", text(&header.number)),
        ("issuer", text(&header.issuer)),
        (
            "date",
            header
                .date
                .map(|date| viet::date::format(date, Lang::Vi))
                .unwrap_or_default(),
        ),
        ("area", text(&header.area)),
    ])
}

fn page(view: &DocumentView, form: FormState) -> Result<HeaderPage, Failure> {
    let header = reading_of(view)?.header.clone();
    Ok(HeaderPage {
        document: view.row.id,
        version: view.state.version,
        sign: sign_of(&header)?,
        header,
        form,
    })
}

/// `GET /documents/{id}/reading/header`
pub async fn form(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let form = FormState::prefilled(prefilled(&reading_of(&view)?.header));
    answer(&ctx, &page(&view, form)?)
}

/// `POST /documents/{id}/reading/header`
pub async fn correct(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let sign = sign_of(&reading_of(&view)?.header)?;
    let text = |name: &str| posted.values.get(name).to_owned();
    let form = HeaderForm {
        kind: text("kind"),
        number: text("number"),
        issuer: text("issuer"),
        date: text("date"),
        area: text("area"),
        // A title typed over several lines is one line.
        title: text("title")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
    };
    let outcome = match form.parse() {
        Ok(header) => {
            let command = DocumentCommand::CorrectHeader(header);
            send(&app, &ctx, &view, &posted.values, &sign, &command).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(&ctx, &format!("/documents/{id}/reading")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &page(&view, form)?)
        }
    }
}
