//! `GET /targets/{id}/parts`: holders by years, what they shall reach and have reached, and the sum against the whole.

use std::collections::{BTreeMap, BTreeSet};

use access::{FieldClass, OrgId, Permission, Refusal};
use axum::extract::{Path, State};
use maud::{Markup, html};
use measure::cascade::{Held, Holding, PartStatus};
use programme::TargetId;
use programme::cascade::{
    Gap, Guidance, HolderKind, Invited, Origin, PartFilter, PartRow, Standing,
};
use rust_decimal::Decimal;
use serde::Serialize;
use viet::Period;

use super::{Broken, Judged, amount, held, judge, status, weights};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::FormState;
use crate::{assess, parts};

/// A year of the whole with what the parts come to.
#[derive(Serialize)]
pub(super) struct YearLine {
    pub(super) year: i16,
    whole: Option<Decimal>,
    /// What the parts come to; only for readers who see all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held: Option<Held>,
    /// Why a gap of just this size stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged: Option<String>,
}

impl YearLine {
    /// The gap, where there is one that nobody looked at.
    pub(super) fn open_gap(&self) -> Option<Gap> {
        let held = self.held?;
        let short = held.short.filter(|short| *short > Decimal::ZERO);
        let (whole, parts, _) = (self.whole?, held.parts?, short?);
        self.acknowledged.is_none().then(|| Gap {
            year: self.year,
            whole,
            parts,
            note: String::new(),
        })
    }
}

#[derive(Serialize)]
struct PartLine {
    organisation: OrgId,
    kind: &'static str,
    year: i16,
    required: Decimal,
    origin: Origin,
    standing: &'static str,
    /// Why it was returned or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    status: Option<PartStatus>,
    status_reason: Option<String>,
    reported_period: Option<Period>,
    reported: Option<Decimal>,
    ratio: Option<Decimal>,
}

impl PartLine {
    fn of(ctx: &Ctx, one: &Judged) -> Self {
        let (standing, reason) = standing(&one.part.standing);
        let assessment = one.assessment.as_ref();
        let achieved = assessment.and_then(|a| a.achieved);
        PartLine {
            organisation: one.holder.organisation.clone(),
            kind: match one.holder.kind {
                HolderKind::Department => "department",
                HolderKind::Commune { .. } => "commune",
            },
            year: one.year,
            required: one.part.value,
            origin: one.part.origin,
            standing,
            reason,
            status: assessment.map(|a| a.status),
            status_reason: assessment.map(|a| a.reason.get(ctx.lang).to_owned()),
            reported_period: achieved.map(|(period, _)| period),
            reported: achieved.map(|(_, value)| value),
            ratio: assessment.and_then(|a| a.ratio).map(|r| r.round_dp(4)),
        }
    }

    fn cells(&self) -> Vec<String> {
        let text = |value: Option<Decimal>| value.map(|v| v.to_string()).unwrap_or_default();
        let origin = match self.origin {
            Origin::Assigned => "assigned",
            Origin::Registered => "registered",
        };
        vec![
            self.organisation.0.clone(),
            self.kind.to_owned(),
            self.year.to_string(),
            self.required.to_string(),
            origin.to_owned(),
            self.standing.to_owned(),
            self.status.map_or("", PartStatus::word).to_owned(),
            self.reported_period
                .map(|p| p.to_string())
                .unwrap_or_default(),
            text(self.reported),
            text(self.ratio),
        ]
    }
}

fn standing(standing: &Standing) -> (&'static str, Option<String>) {
    match standing {
        Standing::Waiting => ("waiting", None),
        Standing::InForce => ("in_force", None),
        Standing::Returned { reason } => ("returned", Some(reason.clone())),
        Standing::Withdrawn { reason } => ("withdrawn", Some(reason.clone())),
    }
}

#[derive(Serialize)]
pub(super) struct Parts {
    target: TargetId,
    text: String,
    demand: String,
    guidance: Option<Guidance>,
    path_source: String,
    pub(super) years: Vec<YearLine>,
    parts: Vec<PartLine>,
    #[serde(skip)]
    pub(super) broken: Broken,
    #[serde(skip)]
    pub(super) rows: Vec<PartRow>,
    #[serde(skip)]
    judged: Vec<Judged>,
    #[serde(skip)]
    pub(super) form: FormState,
}

impl View for Parts {
    fn title(&self, ctx: &Ctx) -> String {
        let name = match &self.broken.row.target.terms.indicator {
            Some(id) => parts::indicator_name(ctx, id.as_str()),
            None => crate::pages::programmes::short(&self.text),
        };
        format!("{}: {name}", ctx.t("Phân bổ chỉ tiêu", "Parts of a target"))
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let target = &self.broken.row.target;
        html! {
            p.crumbs { a href=(format!("/programmes/{}", target.programme)) { (ctx.t("Chương trình", "Programme")) }
                " › " a href=(format!("/targets/{}", self.target)) { (ctx.t("Chỉ tiêu", "Target")) } }
            (self.form.summary(ctx))
            p { strong { (self.demand) } ", " (assess::by_when(ctx, &target.terms)) " · " (parts::area_link(ctx, target.area)) }
            (self.guided(ctx))
            (self.whole(ctx))
            h2 { (ctx.t("Phần của từng đơn vị", "Parts of the agencies")) }
            (self.matrix(ctx))
            (self.forms(ctx))
            ul.actions {
                li { a href=(format!("/programmes/{}/ranking", target.programme)) { (ctx.t("Xếp hạng các đơn vị", "Ranking of the agencies")) } }
                @if ctx.scope.may(Permission::ReadHistory) && self.broken.cascade.is_some() {
                    li { a href=(format!("/history/cascade/{}", self.target)) { (ctx.t("Lịch sử phân bổ", "History of the breakdown")) } }
                }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec![
                "organisation",
                "kind",
                "year",
                "required",
                "origin",
                "standing",
                "status",
                "reported_period",
                "reported",
                "ratio",
            ],
            rows: self.parts.iter().map(PartLine::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl Parts {
    fn guided(&self, ctx: &Ctx) -> Markup {
        let Some(guidance) = &self.guidance else {
            return parts::empty(
                ctx.t(
                    "Chưa có hướng dẫn đăng ký và báo cáo; chưa thể giao hay đăng ký phần nào.",
                    "Nobody has said yet how to register and report; no part can be assigned or registered.",
                ),
                None,
            );
        };
        let invited = match guidance.invited {
            Invited::Departments => ctx.t("sở, ban, ngành", "departments"),
            Invited::Communes => ctx.t("xã, phường, đặc khu", "communes"),
            Invited::Both => ctx.t(
                "sở, ban, ngành và xã, phường, đặc khu",
                "departments and communes",
            ),
        };
        html! {
            dl.facts {
                dt { (ctx.t("Cách đăng ký", "How to register")) } dd.pre { (guidance.register) }
                dt { (ctx.t("Hạn đăng ký", "Registration")) }
                dd { @match guidance.register_by {
                    Some(day) => { (ctx.t("đến hết ngày ", "until ")) (parts::date(Some(day), ctx.lang)) ", " (invited) },
                    None => (ctx.t("không mở đăng ký, chỉ giao từ trên", "not open: parts are assigned")),
                } }
                dt { (ctx.t("Cách báo cáo", "How to report")) } dd.pre { (guidance.report) }
                dt { (ctx.t("Số báo cáo là", "A value tells")) } dd { (guidance.measured.label(ctx.lang)) }
            }
        }
    }

    /// The years of the whole, and what the parts come to.
    fn whole(&self, ctx: &Ctx) -> Markup {
        let terms = &self.broken.row.target.terms;
        let all_seen = ctx.scope.sees_everything();
        let by = self.years.iter().find_map(|line| Some(line.held?.by));
        let head = match by {
            Some(Holding::Weighted) => ctx.t("Trung bình các phần", "Mean of the parts"),
            Some(Holding::Each) => ctx.t(
                "Phần thấp nhất (mỗi đơn vị đạt mức chung)",
                "Weakest part (each reaches the whole)",
            ),
            _ => ctx.t("Tổng các phần", "Sum of the parts"),
        };
        html! {
            h2 { (ctx.t("Mức chung theo năm", "The whole by year")) }
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Năm", "Year")) } th.num scope="col" { (ctx.t("Mức chung", "Whole")) }
                    @if all_seen { th.num scope="col" { (head) } th scope="col" { (ctx.t("So với mức chung", "Against the whole")) } }
                } }
                tbody { @for line in &self.years { tr {
                    td.main { (line.year) }
                    td.num data-label=(ctx.t("Mức chung", "Whole")) { @match line.whole { Some(whole) => (amount(ctx, terms, whole)), None => span.muted { (ctx.t("chưa nêu", "not stated")) } } }
                    @if let Some(held) = &line.held {
                        td.num data-label=(head) { @match held.parts { Some(value) => (amount(ctx, terms, value.round_dp(4))), None => span.muted { "–" } } }
                        td data-label=(ctx.t("So với mức chung", "Against the whole")) { (gap(ctx, self, line, held)) }
                    }
                } } }
            } }
            @if !self.path_source.is_empty() { p.muted { (ctx.t("Mức từng năm theo: ", "Yearly values by: ")) (self.path_source) } }
        }
    }

    fn matrix(&self, ctx: &Ctx) -> Markup {
        if self.judged.is_empty() {
            let message = match ctx.scope.sees_everything() {
                true => ctx.t(
                    "Chưa đơn vị nào được giao hay đăng ký.",
                    "No agency has a part yet.",
                ),
                false => ctx.t(
                    "Đơn vị của bạn chưa có phần nào.",
                    "Your organisation has no part yet.",
                ),
            };
            return parts::empty(message, None);
        }
        let years: BTreeSet<i16> = self.judged.iter().map(|one| one.year).collect();
        let mut lines: BTreeMap<(bool, String, &OrgId), BTreeMap<i16, &Judged>> = BTreeMap::new();
        for one in &self.judged {
            let organisation = &one.holder.organisation;
            let name = viet::fold::fold(&parts::org_name(ctx, organisation));
            let commune = one.holder.kind != HolderKind::Department;
            let line = lines.entry((commune, name, organisation)).or_default();
            line.insert(one.year, one);
        }
        html! { div.scroll { table.stack {
            thead { tr { th scope="col" { (ctx.t("Đơn vị", "Agency")) } @for year in &years { th scope="col" { (year) } } } }
            tbody { @for ((_, _, organisation), of_years) in &lines { tr {
                td.main { (parts::org_link(ctx, organisation)) }
                @for year in &years { td data-label=(year) { @match of_years.get(year) {
                    Some(one) => (self.cell(ctx, one)),
                    None => span.muted { "–" },
                } } }
            } } }
        } } }
    }

    fn cell(&self, ctx: &Ctx, one: &Judged) -> Markup {
        let terms = &self.broken.row.target.terms;
        let value = amount(ctx, terms, one.part.value);
        let origin = match one.part.origin {
            Origin::Assigned => ctx.t("giao", "assigned"),
            Origin::Registered => ctx.t("đăng ký", "registered"),
        };
        html! { @match &one.part.standing {
            Standing::Withdrawn { .. } => span.muted { s { (value) } " " (ctx.t("đã rút", "withdrawn")) },
            Standing::Waiting => { (value) br; (parts::status("info", '○', ctx.t("đăng ký, chờ xét", "registered, waits"))) },
            Standing::Returned { reason } => { (value) br; (parts::status("bad", '▲', ctx.t("đăng ký lại", "returned"))) br; small { (reason) } },
            Standing::InForce => {
                strong { (value) } " " small.muted { (origin) }
                @if let Some(assessment) = &one.assessment {
                    @if let Some((period, reached)) = assessment.achieved {
                        br; small { (ctx.t("đã báo cáo ", "reported ")) (amount(ctx, terms, reached)) ", " (period.label(ctx.lang)) }
                    }
                    br; span title=(assessment.reason.get(ctx.lang)) { (status(ctx, assessment.status)) }
                    @if assessment.status == PartStatus::NotAssessable { br; small.muted { (assessment.reason.get(ctx.lang)) } }
                }
                @if let Some(address) = report_address(ctx, one) { br; a.small href=(address) { (ctx.t("Báo cáo", "Report")) } }
            },
        } }
    }
}

/// Where the figure of a part is entered, for whoever may.
fn report_address(ctx: &Ctx, one: &Judged) -> Option<String> {
    let key = one.key.as_ref()?;
    let organisation = &one.holder.organisation;
    let may = ctx
        .scope
        .may_for(Permission::RecordObservation, organisation);
    if !may || one.year > ctx.today.year() {
        return None;
    }
    let mut query = vec![
        ("indicator".to_owned(), key.indicator.to_string()),
        ("area".to_owned(), key.area.to_string()),
        ("period".to_owned(), one.year.to_string()),
    ];
    if !key.breakdown.is_whole() {
        query.push(("breakdown".to_owned(), key.breakdown.to_string()));
    }
    Some(format!(
        "/observations/new?{}",
        crate::ctx::form_urlencode(&query)
    ))
}

fn gap(ctx: &Ctx, page: &Parts, line: &YearLine, held: &Held) -> Markup {
    let terms = &page.broken.row.target.terms;
    html! { @match held.short {
        None => (parts::status("idle", '○', ctx.t("chưa so được", "cannot be held yet"))),
        Some(short) if short.is_zero() => (parts::status("good", '●', ctx.t("đủ", "enough"))),
        Some(short) => {
            (parts::status("warn", '△', &format!("{} {}", ctx.t("thiếu", "short by"), amount(ctx, terms, short.round_dp(4)))))
            @if let Some(note) = &line.acknowledged { br; small { (ctx.t("đã xem xét: ", "looked at: ")) (note) } }
        }
    } }
}

/// The years the page tells: those stated, those of parts, and those from now to the target's last.
fn years(ctx: &Ctx, broken: &Broken, all: &[Judged]) -> Vec<i16> {
    /// A programme runs five years; more than two of them are no table.
    const MOST: usize = 10;
    let this = ctx.as_known.day.year();
    let last = broken.row.target.terms.period.year.unwrap_or(this + 1);
    let mut years: BTreeSet<i16> = (this..=last).take(MOST).collect();
    years.insert(last);
    let stated = broken.cascade.iter().flat_map(|c| &c.state.path);
    years.extend(stated.map(|one| one.year));
    years.extend(all.iter().map(|one| one.year));
    years.into_iter().collect()
}

/// The page as the reader sees it.
pub(super) async fn view(
    app: &App,
    ctx: &Ctx,
    id: TargetId,
    form: FormState,
) -> Result<Parts, Failure> {
    let (journal, scope, known) = (&app.journal, &ctx.scope, ctx.as_known);
    if !scope.sees_field(FieldClass::Internal) {
        return Err(Refusal::NotFound.into());
    }
    let row = programme::target::get(journal, scope, known, id).await?;
    let cascade = programme::cascade::cascade(journal, scope, known, id).await?;
    let filter = PartFilter {
        target: Some(id),
        ..PartFilter::default()
    };
    let rows = programme::cascade::parts(journal, scope, known, &filter).await?;
    let mut targets = BTreeMap::from([(id, Broken { row, cascade })]);
    let judged = judge(app, ctx, &targets, &rows).await?;
    let broken = targets
        .remove(&id)
        .ok_or_else(|| Failure::Broken("a target was lost while it was judged".into()))?;
    let weights = weights(app, ctx, &broken.row.target.terms, &judged).await?;
    let line = |year: i16| {
        let held = scope
            .sees_everything()
            .then(|| held(ctx, &broken, &judged, year, &weights));
        let whole = broken.whole(year);
        let gaps = broken.cascade.iter().flat_map(|c| &c.state.gaps);
        let same = |gap: &&Gap| {
            let seen = (Some(gap.whole), Some(gap.parts));
            gap.year == year && held.is_some_and(|held| seen == (whole, held.parts))
        };
        YearLine {
            year,
            whole,
            acknowledged: gaps.clone().find(same).map(|gap| gap.note.clone()),
            held,
        }
    };
    let years = years(ctx, &broken, &judged).into_iter().map(line).collect();
    let state = broken.cascade.as_ref().map(|c| &c.state);
    Ok(Parts {
        target: id,
        text: broken.row.target.text.clone(),
        demand: assess::demand(ctx, &broken.row.target.terms),
        guidance: state.and_then(|state| state.guidance.clone()),
        path_source: state.map(|s| s.path_source.clone()).unwrap_or_default(),
        years,
        parts: judged.iter().map(|one| PartLine::of(ctx, one)).collect(),
        rows,
        judged,
        broken,
        form,
    })
}

/// `GET /targets/{id}/parts`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    let view = view(&app, &ctx, parts::id(&id)?, FormState::default()).await?;
    answer(&ctx, &view)
}
