//! What organisations owe and have given: who is complete, who is late, what was returned.

use std::collections::{BTreeMap, BTreeSet};

use access::{FieldClass, OrgId, Permission};
use axum::extract::State;
use catalogue::Periodicity;
use jiff::civil::Date;
use maud::{Markup, html};
use observation::{
    Duties, Given, Owed, Question, SeriesKey, due, given, is_due_for, periods_over, status_of,
};
use serde::Serialize;
use viet::Period;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

/// A figure that an organisation owes, and how it stands.
#[derive(Debug, Clone, Serialize)]
pub struct OwedFigure {
    /// Who owes it.
    pub organisation: OrgId,
    /// Which series.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// For which period.
    pub period: Period,
    /// The last day on which it is in time; none where no deadline is known.
    pub due: Option<Date>,
    /// Whether some part of the deadline's source still waits for somebody to verify it.
    pub due_unverified: bool,
    /// How it stands.
    #[serde(serialize_with = "as_word")]
    pub status: Owed,
    /// Days by which it is, or was given, late.
    pub days_late: Option<i64>,
    /// The day on which it was given.
    pub given_on: Option<Date>,
    /// Whether what was given waits to be confirmed.
    pub waiting: bool,
}

fn as_word<S: serde::Serializer>(status: &Owed, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(word(*status))
}

/// The word of a status as JSON and CSV have it.
fn word(status: Owed) -> &'static str {
    match status {
        Owed::Overdue => "overdue",
        Owed::Returned => "returned",
        Owed::Open => "owed",
        Owed::Late => "late",
        Owed::Given => "given",
    }
}

/// A status by word and shape.
fn shown(ctx: &Ctx, figure: &OwedFigure) -> Markup {
    let (class, shape, word) = match figure.status {
        Owed::Overdue => ("bad", '▲', ctx.t("quá hạn, chưa nộp", "overdue, not given")),
        Owed::Returned => ("bad", '▲', ctx.t("yêu cầu bổ sung", "returned")),
        Owed::Open => ("idle", '○', ctx.t("chưa nộp", "not given")),
        Owed::Late => ("warn", '△', ctx.t("nộp muộn", "given late")),
        Owed::Given => ("good", '●', ctx.t("đã nộp", "given")),
    };
    html! { (parts::status(class, shape, word))
    @if let Some(days) = figure.days_late { br; small.muted { (days) " " (ctx.t("ngày muộn", "days late")) } }
    @if figure.waiting { br; small.muted { (ctx.t("chờ xác nhận", "waits to be confirmed")) } } }
}

/// The organisations whose completeness a reader sees: all of them, or those they speak for.
fn is_seen(ctx: &Ctx, organisation: &OrgId) -> bool {
    ctx.scope.sees_everything()
        || ctx
            .scope
            .may_for(Permission::RecordObservation, organisation)
}

/// What the organisations that a reader sees owe for a period; without one, for the last period that is
/// over of each indicator.
pub async fn owed_figures(
    app: &App,
    ctx: &Ctx,
    organisation: Option<&OrgId>,
    period: Option<Period>,
) -> Result<Vec<OwedFigure>, Failure> {
    let day = ctx.as_known.day;
    let duties = Duties::on(&ctx.directory, day);
    let asked = duties
        .organisations()
        .filter(|id| organisation.is_none_or(|only| only == *id) && is_seen(ctx, id));
    let mut figures = Vec::new();
    for id in asked {
        for (key, indicator) in duties.owed(id) {
            let periodicity = indicator.series.periodicity;
            let of = match period {
                Some(period) => Some(period).filter(|p| is_due_for(periodicity, *p)),
                None => periods_over(periodicity, day, 1).into_iter().next(),
            };
            let source = indicator.series.due_source.as_ref();
            let unverified = source.is_some_and(catalogue::Source::is_unverified);
            figures.extend(of.map(|period| {
                let due = (due(indicator, period), unverified);
                (id.clone(), key.clone(), period, due)
            }));
        }
    }
    let questions: BTreeSet<Question> = figures
        .iter()
        .map(|(_, key, period, _)| (key.clone(), *period))
        .collect();
    let answers = given(app.journal.db(), &ctx.scope, &ctx.as_known, &questions).await?;
    let told = figures.into_iter().map(|(organisation, key, period, due)| {
        let (due, due_unverified) = due;
        let question = (key, period);
        let answer: Option<&Given> = answers.get(&question);
        let status = status_of(due, answer, day);
        OwedFigure {
            status,
            days_late: days_late(status, due, answer, day),
            given_on: answer.and_then(|given| given.on),
            waiting: answer.is_some_and(|given| given.waiting),
            organisation,
            key: question.0,
            period,
            due,
            due_unverified,
        }
    });
    Ok(told.collect())
}

/// Days past the deadline: on the day it was given, or today while it is not.
fn days_late(status: Owed, due: Option<Date>, given: Option<&Given>, today: Date) -> Option<i64> {
    let until = match status {
        Owed::Late => given?.on?,
        Owed::Overdue | Owed::Returned => today,
        Owed::Given | Owed::Open => return None,
    };
    Some((until - due?).get_days().into()).filter(|days| *days > 0)
}

/// How many figures stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Tally {
    owed: usize,
    given: usize,
    late: usize,
    waiting: usize,
    open: usize,
    overdue: usize,
    returned: usize,
}

impl Tally {
    fn add(&mut self, figure: &OwedFigure) {
        self.owed += 1;
        self.waiting += usize::from(figure.waiting);
        *match figure.status {
            Owed::Overdue => &mut self.overdue,
            Owed::Returned => &mut self.returned,
            Owed::Open => &mut self.open,
            Owed::Late => &mut self.late,
            Owed::Given => &mut self.given,
        } += 1;
    }

    /// Given, late or not, of what is owed.
    fn complete(self) -> usize {
        self.given + self.late
    }
}

#[derive(Serialize)]
struct Completeness {
    period: Option<Period>,
    organisations: Vec<(OrgId, Tally)>,
    figures: Vec<OwedFigure>,
    #[serde(skip)]
    only: Option<OrgId>,
    #[serde(skip)]
    form: FormState,
}

impl View for Completeness {
    fn title(&self, ctx: &Ctx) -> String {
        match &self.only {
            Some(id) => format!(
                "{}: {}",
                ctx.t("Số liệu phải báo cáo", "Figures owed"),
                parts::org_name(ctx, id)
            ),
            None => ctx
                .t("Mức đầy đủ của số liệu", "Completeness of figures")
                .into(),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            form.filters action="/completeness" {
                @if let Some(id) = &self.only { input type="hidden" name="organisation" value=(id.0); }
                (self.form.select(ctx, "period", ctx.t("Kỳ", "Period"), None, &period_options(ctx)))
                button type="submit" { (ctx.t("Xem", "Show")) }
            }
            @if self.figures.is_empty() {
                (parts::empty(ctx.t("Không có số liệu nào phải báo cáo cho kỳ này trong phạm vi của bạn.", "No figure is owed for this period within your scope."), Some(("/completeness", ctx.t("Xem kỳ gần nhất", "Show the last period")))))
            } @else if self.only.is_some() { (self.detail(ctx)) }
            @else { (self.overview(ctx)) }
            @if self.figures.iter().any(|figure| figure.due.is_none()) {
                p.muted { (ctx.t("Hạn «chưa kiểm chứng» lấy từ nguồn mà chưa ai đối chiếu đủ với văn bản hiện hành; nguồn ghi ở trang chỉ số.", "A deadline “not verified” is from a source that nobody has checked in full against the rules in force; the indicator's page names it.")) }
                p.muted { (ctx.t("Chỉ số có hạn «chưa xác định» không bao giờ bị tính là muộn.", "An indicator whose deadline is not known is never counted as late.")) }
            }
        }
    }

    fn table(&self) -> Table {
        let day = |day: Option<Date>| day.map(|d| d.to_string()).unwrap_or_default();
        Table {
            head: vec![
                "organisation",
                "indicator",
                "area",
                "period",
                "due",
                "status",
                "given_on",
                "waiting",
            ],
            rows: self
                .figures
                .iter()
                .map(|f| {
                    vec![
                        f.organisation.0.clone(),
                        f.key.indicator.to_string(),
                        f.key.area.to_string(),
                        f.period.to_string(),
                        day(f.due),
                        word(f.status).to_owned(),
                        day(f.given_on),
                        f.waiting.to_string(),
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl Completeness {
    fn overview(&self, ctx: &Ctx) -> Markup {
        let address = |id: &OrgId| {
            let mut pairs = vec![("organisation".to_owned(), id.0.clone())];
            pairs.extend(
                self.period
                    .map(|period| ("period".to_owned(), period.to_string())),
            );
            format!("/completeness?{}", crate::ctx::form_urlencode(&pairs))
        };
        html! { div.scroll { table.stack {
            thead { tr {
                th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
                th.num scope="col" { (ctx.t("Phải báo cáo", "Owed")) }
                th.num scope="col" { (ctx.t("Đã nộp", "Given")) }
                th.num scope="col" { (ctx.t("Trong đó muộn", "Of these late")) }
                th.num scope="col" { (ctx.t("Chờ xác nhận", "Waiting")) }
                th.num scope="col" { (ctx.t("Quá hạn", "Overdue")) }
                th.num scope="col" { (ctx.t("Trả lại", "Returned")) }
                th.num scope="col" { (ctx.t("Mức đầy đủ", "Complete")) }
            } }
            tbody { @for (id, tally) in &self.organisations { tr {
                td.main { a href=(address(id)) { (parts::org_name(ctx, id)) } }
                td.num data-label=(ctx.t("Phải báo cáo", "Owed")) { (tally.owed) }
                td.num data-label=(ctx.t("Đã nộp", "Given")) { (tally.complete()) }
                td.num data-label=(ctx.t("Trong đó muộn", "Of these late")) { (tally.late) }
                td.num data-label=(ctx.t("Chờ xác nhận", "Waiting")) { (tally.waiting) }
                td.num data-label=(ctx.t("Quá hạn", "Overdue")) { (tally.overdue) }
                td.num data-label=(ctx.t("Trả lại", "Returned")) { (tally.returned) }
                td.num data-label=(ctx.t("Mức đầy đủ", "Complete")) { (tally.complete() * 100 / tally.owed.max(1)) "%" }
            } } }
        } } }
    }

    fn detail(&self, ctx: &Ctx) -> Markup {
        let may = self
            .only
            .as_ref()
            .is_some_and(|id| ctx.scope.may_for(Permission::RecordObservation, id));
        html! {
            @if may { p {
                @if let Some(id) = &self.only { a.button.primary href=(format!("/workbooks?organisation={}", id.0)) { (ctx.t("Tải biểu để điền", "Fetch the workbook to fill in")) } " " }
                a.button href="/imports" { (ctx.t("Nộp tệp", "Hand in a file")) }
            } }
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Chỉ số", "Indicator")) }
                    th scope="col" { (ctx.t("Địa bàn", "Area")) }
                    th scope="col" { (ctx.t("Kỳ", "Period")) }
                    th scope="col" { (ctx.t("Hạn", "Due")) }
                    th scope="col" { (ctx.t("Trạng thái", "State")) }
                    th scope="col" { (ctx.t("Nộp ngày", "Given on")) }
                    @if may { th scope="col" { (ctx.t("Việc", "To do")) } }
                } }
                tbody { @for figure in &self.figures { tr {
                    td.main { a href=(format!("/indicators/{}", figure.key.indicator)) { (parts::indicator_name(ctx, figure.key.indicator.as_str())) } }
                    td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_name(ctx, figure.key.area)) }
                    td.nowrap data-label=(ctx.t("Kỳ", "Period")) { (figure.period.label(ctx.lang)) }
                    td.nowrap data-label=(ctx.t("Hạn", "Due")) { @match figure.due { Some(_) => { (parts::date(figure.due, ctx.lang)) @if figure.due_unverified { br; small.muted { (ctx.t("chưa kiểm chứng", "not verified")) } } }, None => span.muted { (ctx.t("chưa xác định", "not known")) } } }
                    td data-label=(ctx.t("Trạng thái", "State")) { (shown(ctx, figure)) }
                    td.nowrap data-label=(ctx.t("Nộp ngày", "Given on")) { (parts::date(figure.given_on, ctx.lang)) }
                    @if may { td data-label=(ctx.t("Việc", "To do")) { (to_do(ctx, figure)) } }
                } } }
            } }
        }
    }
}

fn to_do(ctx: &Ctx, figure: &OwedFigure) -> Markup {
    let (indicator, area) = (&figure.key.indicator, figure.key.area);
    html! {
        @match figure.status {
            Owed::Overdue | Owed::Open | Owed::Returned => a href=(format!("/observations/new?indicator={indicator}&area={area}&period={}", figure.period)) { (ctx.t("Ghi số liệu", "Enter it")) },
            Owed::Late | Owed::Given => a href=(format!("/observations?indicator={indicator}&area={area}&period={}", figure.period)) { (ctx.t("Xem", "Show")) },
        }
    }
}

const PERIODICITIES: [Periodicity; 4] = [
    Periodicity::Year,
    Periodicity::HalfYear,
    Periodicity::Quarter,
    Periodicity::Month,
];

/// Periods to choose from: the last ones of each kind that any indicator is due for.
fn period_options(ctx: &Ctx) -> Vec<(String, String)> {
    let last = ctx.t("kỳ gần nhất của mỗi chỉ số", "the last of each indicator");
    let mut options = vec![(String::new(), last.to_owned())];
    let due: BTreeSet<&'static str> = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| pinned.definition.series.periodicity.label(viet::Lang::En))
        .collect();
    for periodicity in PERIODICITIES {
        if !due.contains(periodicity.label(viet::Lang::En)) {
            continue;
        }
        let periods = periods_over(periodicity, ctx.as_known.day, 4);
        options.extend(periods.iter().map(|p| (p.to_string(), p.label(ctx.lang))));
    }
    options
}

/// `GET /completeness?organisation=&period=`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    if !ctx.scope.sees_field(FieldClass::Internal) {
        ctx.scope.require(Permission::RecordObservation)?;
    }
    let only = ctx
        .query("organisation")
        .filter(|id| !id.is_empty())
        .map(OrgId);
    let asked = ctx.query("period").filter(|text| !text.is_empty());
    let period = match &asked {
        Some(text) => Some(text.parse().map_err(|_| odd_period(text))?),
        None => None,
    };
    let figures = owed_figures(&app, &ctx, only.as_ref(), period).await?;
    let mut organisations: BTreeMap<OrgId, Tally> = BTreeMap::new();
    for figure in &figures {
        organisations
            .entry(figure.organisation.clone())
            .or_default()
            .add(figure);
    }
    let mut organisations: Vec<_> = organisations.into_iter().collect();
    organisations.sort_by_cached_key(|(id, _)| viet::fold::fold(&parts::org_name(&ctx, id)));
    let values = FormValues::of([("period", asked.unwrap_or_default())]);
    let view = Completeness {
        period,
        organisations,
        figures,
        only,
        form: FormState::prefilled(values),
    };
    answer(&ctx, &view)
}

fn odd_period(text: &str) -> Failure {
    Failure::bad_request(
        format!("period={text}: kỳ viết như 2025, 2025-Q3, 2025-H1, 2025-M04."),
        format!("period={text}: write the period like 2025, 2025-Q3, 2025-H1, 2025-M04."),
    )
}
