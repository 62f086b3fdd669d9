//! A target: its path and actuals, the paragraph that set it, the figures behind it.

use access::Permission;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use observation::{Observation, SeriesKey};
use press::chart::{
    Break, Mark, PathPoint, Point, Provenance, Shape, TargetChart, TargetMark, Tone,
};
use programme::TargetId;
use programme::target::{PaperForm, TargetCommand};
use reading::Comparator;
use serde::Serialize;
use viet::{AreaKey, Calendar};

use super::analysis::{Analysis, GradeLine};
use super::programmes::TargetLine;
use super::{indicators, observations};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::assess::{self, Assessed};
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, hidden};
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/targets/{id}", get(show))
        .route("/targets/{id}/link", post(link))
        .route("/targets/{id}/withdraw", post(withdraw))
}

#[derive(Serialize)]
struct One {
    target: TargetLine,
    /// The figures that prevail, one a period.
    figures: Vec<observation::Figure>,
    /// Grades by series and rule.
    grades: Vec<GradeLine>,
    #[serde(skip)]
    assessed: Assessed,
    #[serde(skip)]
    analysis: Option<Analysis>,
    /// Figures of the areas this one was formed from, up to the merger.
    #[serde(skip)]
    before: Vec<Observation>,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        let terms = &self.assessed.row.target.terms;
        match &terms.indicator {
            Some(id) => parts::indicator_name(ctx, id.as_str()),
            None => super::programmes::short(&self.assessed.row.target.text),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let row = &self.assessed.row;
        let assessment = &self.assessed.assessment;
        html! {
            p.crumbs { a href=(format!("/programmes/{}", row.target.programme)) { (ctx.t("Chương trình", "Programme")) } }
            (self.form.summary(ctx))
            p { (assess::status(assessment.status, ctx.lang)) " · " (assessment.reason.get(ctx.lang)) }
            (self.facts(ctx))
            @if let Some(chart) = chart(ctx, &self.assessed, &self.before) { figure { (PreEscaped(chart.svg())) } }
            @if let Some(analysis) = &self.analysis { (analysis.html(ctx)) }
            h2 { (ctx.t("Số liệu", "Figures")) }
            @if self.assessed.figures.is_empty() && self.assessed.known.derived.is_empty() {
                (parts::empty(ctx.t("Chưa có số liệu cho địa bàn này.", "No figure for this area yet."), None))
            }
            @if !self.assessed.figures.is_empty() { (observations::table_of(ctx, &self.assessed.figures, false)) }
            (self.derived(ctx))
            @if !self.before.is_empty() {
                h3 { (ctx.t("Địa bàn cũ, trước khi sáp nhập", "Former areas, before the merger")) }
                p.muted { (ctx.t("Chỉ để tham khảo: không cộng vào kết quả của chỉ tiêu.", "For reference: not counted towards the target.")) }
                (observations::table_of(ctx, &self.before, true))
            }
            (self.commands(ctx))
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["period", "value", "stage", "vintage", "source"],
            rows: self
                .figures
                .iter()
                .map(|figure| {
                    vec![
                        figure.period.to_string(),
                        figure.value.to_string(),
                        figure.stage.word().to_owned(),
                        figure.vintage.to_string(),
                        figure.source.clone(),
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
    /// Values that follow from other figures, each with a link to how it came about.
    fn derived(&self, ctx: &Ctx) -> Markup {
        let derived = &self.assessed.known.derived;
        let target = &self.assessed.row.target;
        html! { @if let Some(indicator) = assess::indicator_of(ctx, &target.terms) && !derived.is_empty() {
            h3 { (ctx.t("Tính từ số liệu khác", "From other figures")) }
            p.muted { (ctx.t("Không ai nhập các số này; số chưa đủ thành phần không dùng để đánh giá.", "Nobody typed these; what lacks a part counts for no verdict.")) }
            div.scroll { table.stack {
                thead { tr { th scope="col" { (ctx.t("Kỳ", "Period")) } th.num scope="col" { (ctx.t("Giá trị", "Value")) } } }
                tbody { @for value in derived { tr {
                    td.main { (value.period.label(ctx.lang)) }
                    td.num data-label=(ctx.t("Giá trị", "Value")) { (indicators::value_link(ctx, indicator, target.area, value)) }
                } } }
            } }
        } }
    }

    fn facts(&self, ctx: &Ctx) -> Markup {
        let row = &self.assessed.row;
        let target = &row.target;
        html! { dl.facts {
            dt { (ctx.t("Mục tiêu", "Demand")) } dd { strong { (assess::demand(ctx, &target.terms)) } ", " (assess::by_when(ctx, &target.terms)) }
            dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, target.area)) }
            dt { (ctx.t("Nguyên văn", "As written")) }
            dd { "“" (target.text) "” " a href=(passage(target)) { (ctx.t("xem trong văn bản", "see it in the document"))
                @if let Some(section) = &target.place.section { " (" (section) ")" } } }
            dt { (ctx.t("Chỉ số theo dõi", "Indicator")) }
            dd { @match &target.terms.indicator {
                Some(id) => a href=(format!("/indicators/{id}")) { (parts::indicator_name(ctx, id.as_str())) },
                None => span.muted { (ctx.t("chưa gắn chỉ số", "no indicator linked")) },
            } }
            @if let Some(org) = &target.responsible { dt { (ctx.t("Cơ quan chịu trách nhiệm", "Responsible")) } dd { (parts::org_link(ctx, org)) } }
            @if let Some((reason, paper)) = &row.state.withdrawn { dt { (ctx.t("Đã rút", "Withdrawn")) } dd { (paper.number) " " (parts::date(Some(paper.date), ctx.lang)) " " (reason) } }
            @for amendment in &row.state.amendments { dt { (ctx.t("Điều chỉnh", "Amended")) } dd { (amendment.paper.number) " " (parts::date(Some(amendment.paper.date), ctx.lang)) " " (amendment.reason) } }
        } }
    }

    fn commands(&self, ctx: &Ctx) -> Markup {
        let row = &self.assessed.row;
        let address = format!("/targets/{}", row.id);
        html! {
            ul.actions {
                @if ctx.scope.may(Permission::RecordObservation) && let Some(id) = &row.target.terms.indicator {
                    li { a.button.primary href=(format!("/observations/new?indicator={id}&area={}", row.target.area)) { (ctx.t("Ghi số liệu", "Enter a figure")) } }
                }
                @if let Some(id) = &row.target.terms.indicator { li { a href=(format!("/observations?indicator={id}&area={}", row.target.area)) { (ctx.t("Mọi lần công bố", "All vintages")) } } }
                @if ctx.scope.sees_field(access::FieldClass::Internal) { li { a href=(format!("{address}/parts")) { (ctx.t("Phân bổ cho các đơn vị", "Parts of the agencies")) } } }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/target/{}", row.id)) { (ctx.t("Lịch sử", "History")) } } }
            }
            @if ctx.scope.may(Permission::KeepProgramme) && row.state.withdrawn.is_none() {
                details open[self.form.fault("indicator").is_some()] {
                    summary { (ctx.t("Gắn chỉ số khác", "Link another indicator")) }
                    form method="post" action=(format!("{address}/link")) { (hidden(ctx))
                        input type="hidden" name="expected" value=(row.state.version);
                        (self.form.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &indicator_options(ctx)))
                        button type="submit" { (ctx.t("Gắn", "Link")) } }
                }
                details open[!self.form.faults.is_empty() && self.form.fault("indicator").is_none()] {
                    summary { (ctx.t("Rút chỉ tiêu theo văn bản", "Withdraw the target by a paper")) }
                    form method="post" action=(format!("{address}/withdraw")) { (hidden(ctx))
                        input type="hidden" name="expected" value=(row.state.version);
                        (self.form.input(ctx, "text", "paper_number", ctx.t("Số văn bản", "Number of the paper"), None))
                        (self.form.input(ctx, "text", "paper_date", ctx.t("Ngày văn bản", "Its date"), Some(ctx.t("Ví dụ 30/6/2026", "E.g. 30/6/2026"))))
                        (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), None, 2))
                        button.danger type="submit" { (ctx.t("Rút chỉ tiêu", "Withdraw")) } }
                }
            }
        }
    }
}

fn indicator_options(ctx: &Ctx) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), ctx.t("không gắn", "none").to_owned())];
    options.extend(observations::indicator_options(ctx));
    options
}

/// Where the paragraph that set a target stands.
pub fn passage(target: &programme::target::AdoptedTarget) -> String {
    match &target.place.anchor {
        Some(anchor) => format!("/documents/{}#{anchor}", target.document),
        None => format!("/documents/{}", target.document),
    }
}

/// The chart of a target that has figures or a number to reach.
fn chart(ctx: &Ctx, one: &Assessed, before: &[Observation]) -> Option<TargetChart> {
    let target = &one.row.target;
    let indicator = assess::indicator_of(ctx, &target.terms)?;
    let derived = one.known.derived.iter();
    let derived = derived.filter_map(|value| indicators::point(ctx, indicator, value));
    let stated = before.iter().chain(&one.figures).map(|o| point(ctx, o));
    let points: Vec<Point> = stated.chain(derived).collect();
    let mark = mark(ctx, one);
    if points.is_empty() && mark.is_none() {
        return None;
    }
    let sources: std::collections::BTreeSet<&str> = one
        .figures
        .iter()
        .map(|o| o.figure.source.as_str())
        .collect();
    Some(TargetChart {
        title: indicator.def.label.get(ctx.lang).to_owned(),
        indicator: String::new(),
        unit: indicator.value.unit.label(ctx.lang).to_owned(),
        provenance: Provenance {
            place: parts::area_name(ctx, target.area),
            period: String::new(),
            source: sources.into_iter().collect::<Vec<_>>().join("; "),
            as_of: Some(ctx.as_known.day),
        },
        replaced: Vec::new(),
        forecast: Vec::new(),
        path: path(one, mark.as_ref()),
        target: mark,
        breaks: breaks(ctx, target.area, before),
        points,
        lang: ctx.lang,
    })
}

/// An observation as a point of a chart: its stage by word and shape.
pub fn point(ctx: &Ctx, observation: &Observation) -> Point {
    use catalogue::Stage;
    let (shape, tone) = match observation.figure.stage {
        Stage::Official => (Shape::Disc, Tone::Accent),
        Stage::Preliminary => (Shape::Diamond, Tone::Accent),
        Stage::Estimated => (Shape::Triangle, Tone::Warn),
        Stage::Reported => (Shape::Ring, Tone::Neutral),
    };
    let word = observation.figure.stage.label(ctx.lang);
    let mut point = Point::of_period(
        observation.figure.period,
        Calendar::Civil,
        observation.figure.value,
        Mark::new(word, shape, tone),
        ctx.lang,
    );
    point.published = Some(observation.figure.vintage);
    point
}

/// The value to reach; none for states, and for relative targets whose base is not known.
pub fn mark(ctx: &Ctx, one: &Assessed) -> Option<TargetMark> {
    let terms = &one.row.target.terms;
    let relative = matches!(
        terms.comparator,
        Some(Comparator::MultiplyBy | Comparator::IncreaseByPct | Comparator::IncreaseCount)
    );
    let value = one
        .assessment
        .goal
        .or(if relative { None } else { terms.value })?;
    let by = Date::new(terms.period.year?, 12, 31).ok()?;
    Some(TargetMark {
        comparator: assess::comparator_words(terms, ctx.lang).to_owned(),
        value,
        by,
    })
}

/// The straight way from the first figure to the target.
fn path(one: &Assessed, mark: Option<&TargetMark>) -> Vec<PathPoint> {
    let (Some((period, value)), Some(mark)) = (one.values.first(), mark) else {
        return Vec::new();
    };
    let range = period.range(Calendar::Civil);
    let at = range.last_day().unwrap_or_else(|| range.from());
    vec![
        PathPoint { at, value: *value },
        PathPoint {
            at: mark.by,
            value: mark.value,
        },
    ]
}

fn breaks(ctx: &Ctx, area: AreaKey, before: &[Observation]) -> Vec<Break> {
    let began = ctx
        .directory
        .areas()
        .get(area)
        .and_then(|area| area.valid_from);
    began
        .filter(|_| !before.is_empty())
        .map(|at| Break {
            at,
            label: ctx.t("sáp nhập địa bàn", "areas merged").to_owned(),
        })
        .into_iter()
        .collect()
}

/// Figures of the area that bore the same name or code before a merger.
async fn before(app: &App, ctx: &Ctx, one: &Assessed) -> Result<Vec<Observation>, Failure> {
    let target = &one.row.target;
    let Some(indicator) = assess::indicator_of(ctx, &target.terms) else {
        return Ok(Vec::new());
    };
    let areas = ctx.directory.areas();
    let name = areas.get(target.area).map(|area| area.name.clone());
    let keys: Vec<SeriesKey> = areas
        .all()
        .filter(|area| area.successors.iter().any(|s| s.to == target.area))
        .filter(|area| Some(&area.name) == name.as_ref())
        .map(|area| SeriesKey::new(indicator.def.id.clone(), area.key()))
        .collect();
    let mut found =
        observation::latest(app.journal.db(), &ctx.scope, &ctx.as_known, &keys, 20).await?;
    let mut all = Vec::new();
    for key in keys {
        let series = found.remove(&key).unwrap_or_default();
        let shown = observation::prevailing_by_period(&series, &indicator.series.prevailing);
        all.extend(shown.into_iter().cloned());
    }
    Ok(all)
}

async fn view(app: &App, ctx: &Ctx, id: TargetId, form: Option<FormState>) -> Result<One, Failure> {
    let row = programme::target::get(&app.journal, &ctx.scope, ctx.as_known, id).await?;
    let mut assessed = assess::assess(app, ctx, vec![row]).await?;
    let assessed = assessed
        .pop()
        .ok_or_else(|| Failure::Broken("assessing one target gave none".into()))?;
    let linked = assessed.row.target.terms.indicator.as_ref();
    let prefilled = crate::form::FormValues::of([(
        "indicator",
        linked.map(ToString::to_string).unwrap_or_default(),
    )]);
    let analysis = Analysis::of(ctx, &assessed)?;
    Ok(One {
        target: TargetLine::of(ctx, &assessed),
        grades: analysis
            .as_ref()
            .map_or_else(Vec::new, |found| found.lines(ctx.lang)),
        analysis,
        figures: assessed.figures.iter().map(|o| o.figure.clone()).collect(),
        before: before(app, ctx, &assessed).await?,
        assessed,
        form: form.unwrap_or_else(|| FormState::prefilled(prefilled)),
    })
}

/// `GET /targets/{id}`
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    answer(&ctx, &view(&app, &ctx, parts::id(&id)?, None).await?)
}

/// `POST /targets/{id}/link`
async fn link(State(app): State<App>, ctx: Ctx, Path(id): Path<String>, posted: Posted) -> Answer {
    let indicator = posted.values.given("indicator");
    let known = indicator.is_none_or(|id| ctx.directory.indicators().get(id).is_some());
    let command = match indicator.map(str::parse).transpose() {
        Ok(indicator) if known => Ok(TargetCommand::Link(indicator)),
        _ => Err(access::Refusal::invalid(
            "indicator",
            "Không có chỉ số này.",
            "There is no such indicator.",
        )),
    };
    run(&app, &ctx, &id, posted, command).await
}

/// `POST /targets/{id}/withdraw`
async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let form = PaperForm {
        paper_number: posted.values.get("paper_number").to_owned(),
        paper_date: posted.values.get("paper_date").to_owned(),
        reason: posted.values.get("reason").to_owned(),
    };
    let command = form
        .parse()
        .map(|(paper, reason)| TargetCommand::Withdraw { reason, paper });
    run(&app, &ctx, &id, posted, command).await
}

async fn run(
    app: &App,
    ctx: &Ctx,
    id: &str,
    posted: Posted,
    command: Result<TargetCommand, access::Refusal>,
) -> Answer {
    ctx.signed_in()?;
    let id: TargetId = parts::id(id)?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let given = parts::given(&posted.values);
    let outcome = match command {
        Ok(command) => {
            programme::target::command(&app.journal, &ctx.scope, &given, id, &command).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => see(ctx, &format!("/targets/{id}")),
        Err(refusal) => {
            let (status, form): (StatusCode, FormState) =
                FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &view(app, ctx, id, Some(form)).await?)
        }
    }
}
