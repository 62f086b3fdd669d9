//! Files that wait, what was accepted before, and the form that sends one.

use access::{Page, Permission};
use axum::extract::State;
use maud::{Markup, html};
use observation::{BatchFilter, BatchInfo, batches};
use serde::Serialize;

use super::receive;
use super::staged::{self, Staged};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, hidden};
use crate::pages::observations::batches_table;
use crate::parts;

#[derive(Serialize)]
pub(super) struct List {
    waiting: Vec<Staged>,
    #[serde(skip)]
    batches: Vec<BatchInfo>,
    #[serde(skip)]
    form: FormState,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Nhập số liệu từ tệp", "Figures from files").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            @if ctx.scope.may(Permission::RecordObservation) { (self.upload(ctx)) }
            @if !self.waiting.is_empty() {
                h2 { (ctx.t("Tệp chưa quyết định", "Files undecided")) " (" (self.waiting.len()) ")" }
                (self.staged(ctx))
            }
            h2 { (ctx.t("Lô số liệu đã tiếp nhận", "Batches accepted")) }
            @if self.batches.is_empty() {
                (parts::empty(ctx.t("Chưa có lô số liệu nào trong phạm vi của bạn.", "There is no batch within your scope."), None))
            } @else {
                (batches_table(ctx, &self.batches))
                p { a href="/batches" { (ctx.t("Mọi lô số liệu", "All batches")) } }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["id", "organisation", "name", "size"],
            rows: self
                .waiting
                .iter()
                .map(|s| {
                    vec![
                        s.id.to_string(),
                        s.organisation.0.clone(),
                        s.name.clone(),
                        s.size.to_string(),
                    ]
                })
                .collect(),
        }
    }
}

impl List {
    fn upload(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let options = receive::options(ctx);
        html! {
            (form.summary(ctx))
            form method="post" action="/imports" enctype="multipart/form-data" {
                (hidden(ctx))
                @if options.len() == 1 {
                    input type="hidden" name="organisation" value=(options[0].0);
                } @else {
                    (form.select(ctx, "organisation", ctx.t("Cơ quan báo cáo", "Organisation that reports"), None, &options))
                }
                (form.file(ctx, "file", ctx.t("Tệp số liệu", "File with figures"),
                    Some(ctx.t("Biểu tải từ trang Biểu số liệu, bảng .xlsx hoặc .csv bất kỳ, hoặc SDMX-CSV. Tệp được kiểm tra và cho xem trước; chưa ghi gì cho đến khi bạn tiếp nhận.", "A workbook fetched here, any table as .xlsx or .csv, or SDMX-CSV. It is checked and shown first; nothing is recorded until you accept it.")),
                    ".xlsx,.csv,.txt,.tsv"))
                button.primary type="submit" { (ctx.t("Gửi để kiểm tra", "Send to be checked")) }
                " " a.button href="/workbooks" { (ctx.t("Tải biểu trống", "Fetch a workbook")) }
            }
        }
    }

    fn staged(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr {
                th scope="col" { (ctx.t("Tệp", "File")) }
                th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
                th scope="col" { (ctx.t("Gửi lúc", "Sent")) }
            } }
            tbody { @for staged in &self.waiting { tr {
                td.main { a href=(format!("/imports/{}", staged.id)) { (staged.name) } }
                td data-label=(ctx.t("Cơ quan", "Organisation")) { (parts::org_link(ctx, &staged.organisation)) }
                td data-label=(ctx.t("Gửi lúc", "Sent")) { (parts::moment(staged.created_at, ctx.lang)) }
            } } }
        } } }
    }
}

/// Batches shown below the files: the rest has a page of its own.
const SHOWN: u32 = 10;

pub(super) async fn view(app: &App, ctx: &Ctx, form: FormState) -> Result<List, Failure> {
    let db = app.journal.db();
    let filter = BatchFilter {
        ended_too: true,
        ..BatchFilter::default()
    };
    let page = Page::first(SHOWN);
    Ok(List {
        waiting: staged::list(db, &ctx.scope).await?,
        batches: batches(db, &ctx.scope, &ctx.as_known, &filter, page)
            .await?
            .rows,
        form,
    })
}

/// `GET /imports`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    if !ctx.scope.sees_field(access::FieldClass::Internal) {
        ctx.scope.require(Permission::RecordObservation)?;
    }
    let asked = ctx.query("organisation").unwrap_or_default();
    let own = ctx
        .scope
        .organisation()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let chosen = if asked.is_empty() { own } else { asked };
    let form = FormState::prefilled(FormValues::of([("organisation", chosen)]));
    answer(&ctx, &view(&app, &ctx, form).await?)
}
