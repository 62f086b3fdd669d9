//! One report: on screen, as files, frozen, with its signed copy.

use access::{Permission, Refusal};
use axum::extract::{Path, State};
use maud::{Markup, html};
use programme::FileRef;
use reporting::{Composed, Figure, Opened, Output, ReportId, ReportRow, ReportStatus, SignedCopy};
use serde::Serialize;

use super::{name, paper, status};
use crate::answer::{Answer, Table, View, answer, answer_with, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::pages::removals;
use crate::parts;

#[derive(Serialize)]
struct One {
    report: ReportRow,
    figures: Vec<Figure>,
    #[serde(skip)]
    composed: Composed,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        name(ctx, &self.report)
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let row = &self.report;
        let address = format!("/reports/{}", row.id);
        html! {
            p.crumbs { a href="/reports" { (ctx.t("Báo cáo", "Reports")) } " › " a href=(format!("/programmes/{}", row.drawn_up.programme)) { (ctx.t("Chương trình", "Programme")) } }
            (self.form.summary(ctx))
            dl.facts {
                dt { (ctx.t("Tình trạng", "Status")) } dd { (status(ctx, row.status)) }
                dt { (ctx.t("Số liệu đến ngày", "As of")) } dd { (parts::date(Some(row.drawn_up.as_of), ctx.lang)) }
                dt { (ctx.t("Đầu sổ nhật ký in trên báo cáo", "Head of the journal printed on it")) } dd { code { (row.drawn_up.head) } }
                dt { (ctx.t("Số con số", "Figures")) } dd { (row.drawn_up.figures) ", " a href="#figures" { (ctx.t("mỗi số một nguồn", "each with its source")) } }
                @for copy in &row.state.signed { dt { (ctx.t("Bản đã ký", "Signed copy")) } dd {
                    (copy.number) ", " (parts::date(Some(copy.signed_on), ctx.lang)) ": "
                    (removals::file(ctx, &format!("{address}/signed"), &copy.file.name, copy.file.size, &copy.file.hash)) } }
            }
            ul.actions {
                li { a.button href=(format!("{address}/docx")) { "DOCX" } }
                li { a.button href=(format!("{address}/pdf")) { "PDF" } }
                li { a href=(format!("{address}/inputs")) { (ctx.t("Dữ liệu đầu vào (JSON)", "Inputs (JSON)")) } }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/report/{}", row.id)) { (ctx.t("Lịch sử", "History")) } } }
                li { (removals::link(ctx, &removal::What::Report(row.id))) }
                @if row.status == ReportStatus::DrawnUp && ctx.scope.may(Permission::DrawReport) {
                    li { a href=(format!("/reports/new?report={}&expected={}&programme={}&definition={}&period={}", row.id, row.state.version, row.drawn_up.programme, row.drawn_up.definition.id, row.drawn_up.period)) { (ctx.t("Lập lại với số liệu mới nhất", "Draw up again with the latest figures")) } }
                    li { form method="post" action=(format!("{address}/freeze")) { (hidden(ctx)) input type="hidden" name="expected" value=(row.state.version); button.primary type="submit" { (ctx.t("Chốt báo cáo", "Freeze")) } } }
                }
            }
            @if row.status != ReportStatus::DrawnUp && ctx.scope.may(Permission::DrawReport) { (self.attach_form(ctx, &address)) }
            (paper::draw(ctx, &self.composed))
            h2 id="figures" { (ctx.t("Nguồn của từng con số", "Where each figure comes from")) }
            (paper::figures(ctx, &self.composed, row.drawn_up.programme))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["ref_no", "text", "document", "anchor"],
            rows: self
                .figures
                .iter()
                .map(|figure| {
                    vec![
                        figure.ref_no.to_string(),
                        figure.text.clone(),
                        figure.document.map(|d| d.to_string()).unwrap_or_default(),
                        figure.anchor.clone().unwrap_or_default(),
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn of(opened: Opened, form: FormState) -> Self {
        One {
            figures: opened.composed.figures.clone(),
            report: opened.row,
            composed: opened.composed,
            form,
        }
    }

    fn attach_form(&self, ctx: &Ctx, address: &str) -> Markup {
        html! { details open[!self.form.faults.is_empty()] {
            summary { (ctx.t("Đính bản đã ký", "Lay the signed copy beside it")) }
            form method="post" enctype="multipart/form-data" action=(format!("{address}/signed")) { (hidden(ctx))
                input type="hidden" name="expected" value=(self.report.state.version);
                (self.form.file(ctx, "file", ctx.t("Tệp đã ký", "Signed file"), None, ".pdf,.docx"))
                (self.form.input(ctx, "text", "number", ctx.t("Số, ký hiệu", "Number"), Some(ctx.t("Ví dụ 125/BC-SKHCN", "E.g. 125/BC-SKHCN"))))
                (self.form.input(ctx, "text", "signed_on", ctx.t("Ngày ký", "Signed on"), Some(ctx.t("Ví dụ 15/10/2026", "E.g. 15/10/2026"))))
                button type="submit" { (ctx.t("Đính", "Attach")) } }
        } }
    }
}

async fn open(app: &App, ctx: &Ctx, id: &str) -> Result<Opened, Failure> {
    let id: ReportId = parts::id(id)?;
    Ok(reporting::open(&app.journal, &ctx.scope, &ctx.as_known, id).await?)
}

/// `GET /reports/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let opened = open(&app, &ctx, &id).await?;
    answer(&ctx, &One::of(opened, FormState::default()))
}

async fn file(app: &App, ctx: &Ctx, id: &str, output: Output) -> Answer {
    let id: ReportId = parts::id(id)?;
    let file = reporting::file(&app.journal, &ctx.scope, &ctx.as_known, id, output).await?;
    // What somebody uploaded is never shown in the browser as what it claims to be.
    let media = match output {
        Output::Signed => "application/octet-stream",
        Output::Docx | Output::Pdf | Output::Inputs => &file.media,
    };
    Ok(download(file.content, media, &file.name))
}

/// `GET /reports/{id}/docx`
pub async fn docx(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    file(&app, &ctx, &id, Output::Docx).await
}

/// `GET /reports/{id}/pdf`
pub async fn pdf(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    file(&app, &ctx, &id, Output::Pdf).await
}

/// `GET /reports/{id}/inputs`
pub async fn inputs(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    file(&app, &ctx, &id, Output::Inputs).await
}

/// `GET /reports/{id}/signed`
pub async fn signed(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    file(&app, &ctx, &id, Output::Signed).await
}

/// `POST /reports/{id}/freeze`
pub async fn freeze(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let given = parts::given(&posted.values);
    reporting::freeze(&app.journal, &ctx.scope, &given, parts::id(&id)?).await?;
    see(&ctx, &format!("/reports/{id}"))
}

/// `POST /reports/{id}/signed`
pub async fn attach(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::DrawReport)?;
    match try_attach(&app, &ctx, &id, &posted).await {
        Ok(()) => see(&ctx, &format!("/reports/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let opened = open(&app, &ctx, &id).await?;
            answer_with(&ctx, status, &One::of(opened, form))
        }
    }
}

async fn try_attach(app: &App, ctx: &Ctx, id: &str, posted: &Posted) -> Result<(), Refusal> {
    let id: ReportId = id.parse().map_err(|_| Refusal::NotFound)?;
    let upload = posted.file("file").ok_or_else(|| {
        Refusal::invalid("file", "Hãy chọn tệp đã ký.", "Choose the signed file.")
    })?;
    let written = posted.values.get("signed_on");
    let signed_on = viet::date::parse(written).ok_or_else(|| {
        Refusal::invalid(
            "signed_on",
            "Ngày viết như 15/10/2026.",
            "Write the day like 15/10/2026.",
        )
    })?;
    removals::check_upload(app, "file", &upload.bytes).await?;
    let copy = SignedCopy {
        file: FileRef {
            hash: app.journal.files().put(&upload.bytes).await?,
            name: upload.name.clone(),
            media: "application/octet-stream".into(),
            size: upload.bytes.len() as u64,
        },
        number: posted.values.get("number").to_owned(),
        signed_on,
    };
    let given = parts::given(&posted.values);
    reporting::attach_signed_copy(&app.journal, &ctx.scope, &given, id, &copy).await?;
    Ok(())
}
