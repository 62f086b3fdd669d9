//! Drawing a report up: the form, and the job that does it.

use std::collections::BTreeMap;

use access::{AsKnown, FieldFault, Page, Permission, Refusal, Say};
use axum::extract::State;
use catalogue::{Fill, Id};
use journal::{ActorId, Job, NewJob};
use maud::{Markup, html};
use programme::{Given, ProgrammeId};
use reporting::{DrawUp, ReportId};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use viet::Period;

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::pages::documents::identity;
use crate::parts;
use crate::work::{Progress, Stopped};

/// Kind of the job that draws a report up.
pub const DRAW_JOB: &str = "draw_report";

#[derive(Serialize)]
struct New {
    fields: [&'static str; 3],
    #[serde(skip)]
    form: FormState,
    #[serde(skip)]
    programmes: Vec<(String, String)>,
}

impl View for New {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Lập báo cáo", "Draw up a report").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let definitions: Vec<(String, String)> = ctx
            .directory
            .reports()
            .map(|pinned| {
                let def = &pinned.definition.def;
                (def.id.to_string(), def.label.get(ctx.lang).to_owned())
            })
            .collect();
        html! {
            (self.form.summary(ctx))
            @if self.programmes.is_empty() {
                (parts::empty(ctx.t("Chưa có chương trình nào để báo cáo.", "There is no programme to report on."), Some(("/documents", ctx.t("Đưa một văn bản vào.", "Hand in a document.")))))
            } @else {
                form method="post" action="/reports" { (hidden(ctx))
                    @if let Some(report) = self.form.values.given("report") { input type="hidden" name="report" value=(report); input type="hidden" name="expected" value=(self.form.values.get("expected")); }
                    (self.form.select(ctx, "definition", ctx.t("Loại báo cáo", "Report"), None, &definitions))
                    (self.form.select(ctx, "programme", ctx.t("Chương trình", "Programme"), None, &self.programmes))
                    (self.form.input(ctx, "text", "period", ctx.t("Kỳ báo cáo", "Period"), Some(ctx.t("Báo cáo quý: 2026-Q3. Báo cáo năm: 2026.", "Quarterly: 2026-Q3. Yearly: 2026."))))
                    fieldset { legend { (ctx.t("Phần cán bộ viết", "What the officer writes")) }
                        p.hint { (ctx.t("Mỗi dòng là một đoạn. Số liệu và danh sách được lấy từ sổ, không cần gõ.", "Each line is a paragraph. Figures and lists come from the record; they need not be typed.")) }
                        @for (id, heading) in sections(ctx) { (self.form.text_area(ctx, &format!("remark-{id}"), &heading, None, 3)) }
                    }
                    button.primary type="submit" { (ctx.t("Lập báo cáo", "Draw up")) }
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["field"],
            rows: self.fields.iter().map(|f| vec![(*f).to_owned()]).collect(),
        }
    }
}

/// Sections of any report that an officer may write in, once each.
fn sections(ctx: &Ctx) -> Vec<(Id, String)> {
    let mut found: Vec<(Id, String)> = Vec::new();
    for pinned in ctx.directory.reports() {
        for section in &pinned.definition.sections {
            let written = matches!(
                section.fill,
                Fill::Text | Fill::Proposals | Fill::Shortcomings
            );
            if written && !found.iter().any(|(id, _)| *id == section.id) {
                found.push((section.id.clone(), section.heading.get(ctx.lang).to_owned()));
            }
        }
    }
    found
}

async fn view(app: &App, ctx: &Ctx, form: FormState) -> Result<New, Failure> {
    let page = Page::first(parts::ROWS_A_PAGE);
    let listed = programme::programme::list(&app.journal, &ctx.scope, ctx.as_known, page).await?;
    let programmes = listed
        .rows
        .into_iter()
        .filter_map(|row| Some((row.id.to_string(), row.state.fields?.title)))
        .collect();
    Ok(New {
        fields: ["definition", "programme", "period"],
        form,
        programmes,
    })
}

/// `GET /reports/new?programme=&definition=&period=`
pub async fn form(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::DrawReport)?;
    let values = FormValues::of(
        ["programme", "definition", "period", "report", "expected"]
            .map(|name| (name, ctx.query(name).unwrap_or_default())),
    );
    answer(&ctx, &view(&app, &ctx, FormState::prefilled(values)).await?)
}

/// What the job needs: the command, and in whose name.
#[derive(Serialize, Deserialize)]
struct Input {
    actor: ActorId,
    report: ReportId,
    definition: Id,
    programme: ProgrammeId,
    period: Period,
    remarks: BTreeMap<Id, Vec<String>>,
    expected: Option<journal::Seq>,
}

/// `POST /reports`
pub async fn start(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::DrawReport)?;
    match typed(&ctx, &posted.values) {
        Ok(input) => {
            // The same form sent twice, to whichever process, is one job.
            let content = json!([input, "job"]).to_string();
            let job = NewJob {
                id: identity(posted.values.given("key"), content.as_bytes()),
                kind: DRAW_JOB.to_owned(),
                input: json!(input),
                created_by: ctx.scope.actor(),
            };
            app.jobs
                .enqueue(&job, app.journal.now().as_microsecond())
                .await?;
            see(&ctx, &format!("/jobs/{}", job.id))
        }
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &view(&app, &ctx, form).await?)
        }
    }
}

fn typed(ctx: &Ctx, values: &FormValues) -> Result<Input, Refusal> {
    let definition: Option<Id> = values.get("definition").parse().ok();
    let definition = definition.filter(|id| ctx.directory.report(id.as_str()).is_some());
    let programme: Option<ProgrammeId> = values.get("programme").parse().ok();
    let period: Option<Period> = values.get("period").parse().ok();
    let mut faults = Vec::new();
    let mut need = |missing: bool, field: &str, vi: &str, en: &str| {
        if missing {
            faults.push(FieldFault::new(field, vi, en));
        }
    };
    need(
        definition.is_none(),
        "definition",
        "Hãy chọn loại báo cáo.",
        "Choose a report.",
    );
    need(
        programme.is_none(),
        "programme",
        "Hãy chọn chương trình.",
        "Choose a programme.",
    );
    need(
        period.is_none(),
        "period",
        "Kỳ viết như 2026-Q3 hoặc 2026.",
        "Write the period like 2026-Q3 or 2026.",
    );
    let (Some(definition), Some(programme), Some(period)) = (definition, programme, period) else {
        return Err(Refusal::Invalid { faults });
    };
    let remarks = sections(ctx)
        .into_iter()
        .filter_map(|(id, _)| {
            let written = values.given(&format!("remark-{id}"))?;
            let lines = written
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty());
            Some((id, lines.map(str::to_owned).collect()))
        })
        .collect();
    let given = parts::given(values);
    let asked = json!([definition, programme, period, remarks]).to_string();
    // The same form sent twice draws up one report.
    let new = || ReportId(identity(given.key.as_deref(), asked.as_bytes()));
    Ok(Input {
        actor: ctx.scope.actor(),
        report: values.get("report").parse().unwrap_or_else(|_| new()),
        definition,
        programme,
        period,
        remarks,
        expected: given.expected,
    })
}

/// Draws the report up with the rights its officer has when the job runs. Running it again after it was
/// interrupted records the report once.
pub async fn draw_job(app: &App, job: &Job, progress: &Progress<'_>) -> Result<Json, Stopped> {
    let input: Input = serde_json::from_value(job.input.clone()).map_err(|error| {
        Stopped::Failed(Say::new(
            format!("Không đọc được yêu cầu: {error}"),
            format!("The request cannot be read: {error}"),
        ))
    })?;
    progress
        .at(
            0,
            2,
            Say::new(
                "Đang gom số liệu và soạn văn bản",
                "Gathering figures, composing the document",
            ),
        )
        .await?;
    let now = AsKnown::now(app.journal.today());
    let account = app
        .accounts
        .get(&access::Scope::system(), input.actor, now)
        .await?;
    let scope = parts::scope_of(app, &account).await?;
    let command = DrawUp {
        report: input.report,
        definition: input.definition,
        period: input.period,
        programme: input.programme,
        as_known: None,
        remarks: input.remarks,
    };
    let given = Given {
        key: Some(job.id.to_string()),
        expected: input.expected,
    };
    reporting::draw_up(&app.journal, &app.directories, &scope, &given, &command).await?;
    progress.at(2, 2, Say::new("Đã ghi", "Recorded")).await?;
    Ok(json!({ "see": format!("/reports/{}", input.report) }))
}
