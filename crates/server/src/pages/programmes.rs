//! Programmes and their boards: what is at risk, and what hides behind green.

use access::{OrgId, Page, Permission};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use maud::{Markup, html};
use measure::{TargetStatus, TaskStatus};
use programme::document::{self, DocumentFilter, DocumentRow};
use programme::programme::{ProgrammeCommand, ProgrammeRow};
use programme::target::{TargetFilter, TargetRow};
use programme::task::{Counts, TaskCounts};
use programme::{Given, ProgrammeId};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer, see};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{Posted, hidden};
use crate::pages::documents;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/programmes", get(list))
        .route("/programmes/{id}", get(show))
        .route("/programmes/{id}/publish", post(publish))
}

#[derive(Serialize)]
struct List {
    total: u64,
    programmes: Vec<ProgrammeRow>,
    /// Targets of all programmes, when one indicator is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    targets: Vec<TargetLine>,
    #[serde(skip)]
    assessed: Vec<Assessed>,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Chương trình", "Programmes").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            @if !self.assessed.is_empty() {
                h2 { (ctx.t("Chỉ tiêu dùng chỉ số này", "Targets measured by this indicator")) }
                (targets_table(ctx, &self.assessed))
            }
            @if self.programmes.is_empty() {
                (parts::empty(
                    ctx.t("Chưa có chương trình nào.", "There is no programme yet."),
                    ctx.scope.may(Permission::ReceiveDocument).then_some(("/documents", ctx.t("Đưa một văn bản vào để lập chương trình.", "Hand in a document to found one."))),
                ))
            } @else {
                div.scroll { table.stack {
                    thead { tr {
                        th scope="col" { (ctx.t("Chương trình", "Programme")) } th scope="col" { (ctx.t("Số hiệu", "Number")) }
                        th scope="col" { (ctx.t("Địa bàn", "Area")) } th scope="col" { (ctx.t("Thời gian", "Period")) }
                    } }
                    tbody { @for row in &self.programmes { @if let Some(fields) = &row.state.fields { tr {
                        td.main { a href=(format!("/programmes/{}", row.id)) { (fields.title) } }
                        td data-label=(ctx.t("Số hiệu", "Number")) { (fields.number.as_deref().unwrap_or("–")) }
                        td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, fields.area)) }
                        td.nowrap data-label=(ctx.t("Thời gian", "Period")) { (years(fields.period)) }
                    } } } }
                } }
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
                "issuer",
                "area",
                "from",
                "published",
            ],
            rows: self
                .programmes
                .iter()
                .filter_map(|row| {
                    let fields = row.state.fields.as_ref()?;
                    Some(vec![
                        row.id.to_string(),
                        fields.title.clone(),
                        fields.number.clone().unwrap_or_default(),
                        fields.issuer.clone().unwrap_or_default(),
                        fields.area.to_string(),
                        fields.period.from().to_string(),
                        row.state.published.to_string(),
                    ])
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn years(range: viet::DateRange) -> String {
    match range.last_day() {
        Some(last) => format!("{}–{}", range.from().year(), last.year()),
        None => format!("{}–", range.from().year()),
    }
}

/// `GET /programmes`, also `?indicator=` for the targets that rest on it.
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    let page = parts::page(&ctx);
    let listed = programme::programme::list(&app.journal, &ctx.scope, ctx.as_known, page).await?;
    let assessed = match ctx.query("indicator").and_then(|id| id.parse().ok()) {
        Some(indicator) => {
            let filter = TargetFilter {
                indicator: Some(indicator),
                ..TargetFilter::default()
            };
            let targets =
                programme::target::list(&app.journal, &ctx.scope, ctx.as_known, &filter, page)
                    .await?;
            assess::assess(&app, &ctx, targets.rows).await?
        }
        None => Vec::new(),
    };
    let view = List {
        total: listed.total,
        programmes: listed.rows,
        targets: assessed
            .iter()
            .map(|one| TargetLine::of(&ctx, one))
            .collect(),
        assessed,
    };
    answer(&ctx, &view)
}

/// A target as JSON has it: what it demands, where it stands, and the figure behind that.
#[derive(Serialize)]
pub struct TargetLine {
    #[serde(flatten)]
    row: TargetRow,
    demand: String,
    status: TargetStatus,
    reason: String,
    latest_period: Option<viet::Period>,
    latest_value: Option<rust_decimal::Decimal>,
    observation: Option<observation::ObservationId>,
}

impl TargetLine {
    /// The line of an assessed target.
    pub fn of(ctx: &Ctx, one: &Assessed) -> Self {
        let latest = one.values.last();
        let observation = latest.and_then(|(period, _)| {
            let of_period = |figure: &&observation::Observation| figure.figure.period == *period;
            Some(one.figures.iter().find(of_period)?.id)
        });
        TargetLine {
            row: one.row.clone(),
            demand: assess::demand(ctx, &one.row.target.terms),
            status: one.assessment.status,
            reason: one.assessment.reason.get(ctx.lang).to_owned(),
            latest_period: latest.map(|(period, _)| *period),
            latest_value: latest.map(|(_, value)| *value),
            observation,
        }
    }

    fn cells(&self) -> Vec<String> {
        let target = &self.row.target;
        vec![
            self.row.id.to_string(),
            target.text.clone(),
            target
                .terms
                .indicator
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            target.area.to_string(),
            self.demand.clone(),
            target
                .terms
                .period
                .year
                .map(|y| y.to_string())
                .unwrap_or_default(),
            self.latest_period
                .map(|p| p.to_string())
                .unwrap_or_default(),
            self.latest_value.map(|v| v.to_string()).unwrap_or_default(),
            self.status.word().to_owned(),
        ]
    }
}

const TARGET_HEAD: [&str; 9] = [
    "id",
    "text",
    "indicator",
    "area",
    "demand",
    "year",
    "latest_period",
    "latest_value",
    "status",
];

/// Targets with their latest figures; organisations and indicators draw it too.
pub fn targets_table(ctx: &Ctx, targets: &[Assessed]) -> Markup {
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Chỉ tiêu", "Target")) }
            th scope="col" { (ctx.t("Mục tiêu", "Demand")) }
            th.num scope="col" { (ctx.t("Mới nhất", "Latest")) }
            th scope="col" { (ctx.t("Tình trạng", "Status")) }
        } }
        tbody { @for one in targets {
            @let terms = &one.row.target.terms;
            tr {
                td.main { a href=(format!("/targets/{}", one.row.id)) {
                    @match &terms.indicator { Some(id) => (parts::indicator_name(ctx, id.as_str())), None => (short(&one.row.target.text)) }
                } }
                td data-label=(ctx.t("Mục tiêu", "Demand")) { (assess::demand(ctx, terms)) br; small.muted { (assess::by_when(ctx, terms)) } }
                td.num data-label=(ctx.t("Mới nhất", "Latest")) {
                    (latest(ctx, one))
                }
                td data-label=(ctx.t("Tình trạng", "Status")) { (assess::status(one.assessment.status, ctx.lang)) }
            }
        } }
    } } }
}

/// The value of the latest period: the observation, or how it follows from others.
fn latest(ctx: &Ctx, one: &Assessed) -> Markup {
    let Some((period, value)) = one.values.last() else {
        return html! { span.muted { "–" } };
    };
    let terms = &one.row.target.terms;
    let stated = one
        .figures
        .iter()
        .find(|figure| figure.figure.period == *period);
    html! {
        @match (stated, assess::indicator_of(ctx, terms)) {
            (Some(figure), _) => { a href=(format!("/observations/{}", figure.id)) { (super::observations::shown(ctx, figure)) }
                br; small.muted { (period.label(ctx.lang)) ", " (figure.figure.stage.label(ctx.lang)) } }
            (None, Some(indicator)) => {
                a href=(super::indicators::value_address(ctx, &indicator.def.id, one.row.target.area, *period)) { (parts::value(Some(indicator), *value, ctx.lang)) }
                br; small.muted { (period.label(ctx.lang)) ", " (ctx.t("tính từ số liệu khác", "from other figures")) } }
            (None, None) => span.muted { "–" },
        }
    }
}

/// The first words of a long clause.
pub fn short(text: &str) -> String {
    const LENGTH: usize = 110;
    if text.chars().count() <= LENGTH {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LENGTH).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

#[derive(Serialize)]
struct Board {
    programme: ProgrammeRow,
    targets: Vec<TargetLine>,
    tasks: TaskCounts,
    /// Does the reader see a ranking of its agencies?
    #[serde(skip)]
    ranking: bool,
    /// The documents it was adopted from.
    #[serde(skip)]
    sources: Vec<DocumentRow>,
    #[serde(skip)]
    assessed: Vec<Assessed>,
}

impl View for Board {
    fn title(&self, _ctx: &Ctx) -> String {
        let fields = self.programme.state.fields.as_ref();
        fields.map(|f| f.title.clone()).unwrap_or_default()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let id = self.programme.id;
        html! {
            (self.head(ctx))
            (self.warning(ctx))
            h2 { (ctx.t("Chỉ tiêu", "Targets")) " (" (self.assessed.len()) ")" }
            (self.tiles(ctx))
            @if self.assessed.is_empty() { (parts::empty(ctx.t("Chương trình chưa có chỉ tiêu.", "The programme has no target yet."), None)) }
            @else { (targets_table(ctx, &self.assessed)) }
            h2 { a href=(format!("/tasks?programme={id}")) { (ctx.t("Nhiệm vụ", "Tasks")) " (" (self.tasks.all.total()) ")" } }
            (super::tasks::chart(ctx, &self.tasks.all, ctx.t("Nhiệm vụ theo tình trạng", "Tasks by status")))
            (self.by_lead(ctx))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: TARGET_HEAD.to_vec(),
            rows: self.targets.iter().map(TargetLine::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// Statuses of tasks a leader looks at first, with the words of the columns.
const COLUMNS: [TaskStatus; 5] = [
    TaskStatus::Overdue,
    TaskStatus::Returned,
    TaskStatus::DueSoon,
    TaskStatus::DoneLate,
    TaskStatus::Done,
];

impl Board {
    fn head(&self, ctx: &Ctx) -> Markup {
        let row = &self.programme;
        html! {
            p.crumbs { a href="/programmes" { (ctx.t("Chương trình", "Programmes")) } }
            @if let Some(fields) = &row.state.fields {
                p { @if let Some(number) = &fields.number { strong { (number) } " · " }
                    @if let Some(issuer) = &fields.issuer { (issuer) " · " }
                    (parts::area_link(ctx, fields.area)) " · " (years(fields.period)) " · "
                    @if row.state.published { (ctx.t("đã công bố", "published")) } @else { (ctx.t("nội bộ", "internal")) } }
            }
            ul.actions {
                @for source in &self.sources { li { (ctx.t("Văn bản gốc: ", "Source: "))
                    a href=(format!("/documents/{}", source.id)) { (documents::short_name(ctx, &source.summary)) } } }
                @if ctx.scope.may(Permission::DrawReport) { li { a href=(format!("/reports/new?programme={}", row.id)) { (ctx.t("Lập báo cáo", "Draw up a report")) } } }
                @if self.ranking { li { a href=(format!("/programmes/{}/ranking", row.id)) { (ctx.t("Xếp hạng các đơn vị", "Ranking of the agencies")) } } }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/programme/{}", row.id)) { (ctx.t("Lịch sử", "History")) } } }
                @if !row.state.published && ctx.scope.may(Permission::KeepProgramme) {
                    li { form method="post" action=(format!("/programmes/{}/publish", row.id)) { (hidden(ctx))
                        input type="hidden" name="expected" value=(row.state.version);
                        button type="submit" { (ctx.t("Công bố chương trình", "Publish the programme")) } } }
                }
            }
        }
    }

    /// Green tasks above a red target: progress is not outcome.
    fn warning(&self, ctx: &Ctx) -> Markup {
        let red = self
            .assessed
            .iter()
            .filter(|one| {
                matches!(
                    one.assessment.status,
                    TargetStatus::OffTrack | TargetStatus::AtRisk
                )
            })
            .count();
        let late = self.tasks.all.of(TaskStatus::Overdue) + self.tasks.all.of(TaskStatus::Returned);
        html! {
            @if red > 0 && late == 0 && self.tasks.all.total() > 0 {
                p.notice.notice-warn { strong { (ctx.t("Nhiệm vụ không trễ nhưng chỉ tiêu đang nguy cơ: ", "No task is late, yet targets are at risk: ")) (red) }
                    " " (ctx.t("chỉ tiêu có nguy cơ hoặc chệch hướng. Tiến độ nhiệm vụ không thay cho kết quả.", "targets at risk or off track. Progress of tasks is not outcome.")) }
            }
        }
    }

    fn tiles(&self, ctx: &Ctx) -> Markup {
        html! { ul.tiles { @for status in TargetStatus::ALL {
            @let count = self.assessed.iter().filter(|one| one.assessment.status == status).count();
            @if count > 0 { li { strong { (count) } (assess::status(status, ctx.lang)) } }
        } } }
    }

    fn by_lead(&self, ctx: &Ctx) -> Markup {
        if self.tasks.by_lead.is_empty() {
            return html! {};
        }
        html! {
            h3 { (ctx.t("Theo cơ quan chủ trì", "By lead agency")) }
            div.scroll { table {
                thead { tr { th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
                    @for status in COLUMNS { th.num scope="col" { (status.shape()) " " (status.label(ctx.lang)) } }
                    th.num scope="col" { (ctx.t("tất cả", "all")) } } }
                tbody { @for (lead, counts) in &self.tasks.by_lead { (self.lead_row(ctx, lead.as_ref(), counts)) } }
            } }
        }
    }

    fn lead_row(&self, ctx: &Ctx, lead: Option<&OrgId>, counts: &Counts) -> Markup {
        html! { tr {
            td { @match lead { Some(org) => (parts::org_link(ctx, org)), None => span.muted { (ctx.t("chưa xác định cơ quan", "agency not determined")) } } }
            @for status in COLUMNS { td.num {
                @let count = counts.of(status);
                @if count == 0 { span.muted { "0" } }
                @else if let Some(org) = lead { a href=(format!("/tasks?programme={}&organisation={}&status={}", self.programme.id, org.0, status.word())) { (count) } }
                @else { (count) }
            } }
            td.num { (counts.total()) }
        } }
    }
}

/// The documents a programme was adopted from, as far as the reader sees them.
async fn sources(app: &App, ctx: &Ctx, id: ProgrammeId) -> Result<Vec<DocumentRow>, Failure> {
    let filter = DocumentFilter {
        programme: Some(id),
        ..DocumentFilter::default()
    };
    let listed = document::list(&app.journal, &ctx.scope, ctx.as_known, &filter, Page::ALL).await?;
    Ok(listed.rows)
}

/// Those inside see at least that there is a ranking; everybody else one that is published.
async fn sees_ranking(app: &App, ctx: &Ctx, id: ProgrammeId) -> Result<bool, Failure> {
    if ctx.scope.sees_field(access::FieldClass::Internal) {
        return Ok(true);
    }
    let of = (id, ctx.as_known.day.year());
    let row = programme::cascade::ranking(&app.journal, &ctx.scope, ctx.as_known, of).await?;
    Ok(row.is_some())
}

/// `GET /programmes/{id}`
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let id: ProgrammeId = parts::id(&id)?;
    let days = assess::due_soon_days(&ctx)?;
    let board =
        programme::programme::board(&app.journal, &ctx.scope, ctx.as_known, id, days).await?;
    let mut assessed = assess::assess(&app, &ctx, board.targets).await?;
    // What is at risk stands first.
    assessed.sort_by_key(|one| one.assessment.status.urgency());
    let view = Board {
        targets: assessed
            .iter()
            .map(|one| TargetLine::of(&ctx, one))
            .collect(),
        sources: sources(&app, &ctx, id).await?,
        ranking: sees_ranking(&app, &ctx, id).await?,
        programme: board.programme,
        tasks: board.tasks,
        assessed,
    };
    answer(&ctx, &view)
}

/// `POST /programmes/{id}/publish`
async fn publish(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let id: ProgrammeId = parts::id(&id)?;
    let given: Given = parts::given(&posted.values);
    programme::programme::command(
        &app.journal,
        &ctx.scope,
        &given,
        id,
        &ProgrammeCommand::Publish,
    )
    .await?;
    see(&ctx, &format!("/programmes/{id}"))
}
