//! `/programmes/{id}/ranking`: the agencies of a programme scored on their parts of a year.
//!
//! Those who see everything see it as it stands. Until it is published an agency sees its own line, without a rank:
//! a rank tells of others.

use std::collections::{BTreeMap, BTreeSet};

use access::{Audience, FieldClass, OrgId, Permission, Refusal};
use axum::extract::{Path, State};
use catalogue::ScoringSettings;
use maud::{Markup, html};
use measure::cascade::{Line, Marked, NotReported, ScoringRule, rank};
use programme::ProgrammeId;
use programme::cascade::{PartFilter, RankingCommand, RankingState};
use programme::programme::ProgrammeRow;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Broken, judge};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::{assess, parts};

#[derive(Serialize)]
struct Ranking {
    programme: ProgrammeId,
    year: i16,
    /// The rule the lines follow; none where the settings have none.
    rule: Option<ScoringRule>,
    /// To whom a ranking of the year is published; none while none is, or to readers who do not see it.
    published_to: Option<Audience>,
    /// Whether the lines are those that were published; else they are derived from what is known now.
    as_published: bool,
    lines: Vec<Line<OrgId>>,
    #[serde(skip)]
    row: ProgrammeRow,
    #[serde(skip)]
    scoring: Option<ScoringSettings>,
    #[serde(skip)]
    published: Option<RankingState>,
    #[serde(skip)]
    years: BTreeSet<i16>,
    #[serde(skip)]
    form: FormState,
}

impl View for Ranking {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{} {}",
            ctx.t("Xếp hạng các đơn vị năm", "Ranking of the agencies in"),
            self.year
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let fields = self.row.state.fields.as_ref();
        html! {
            p.crumbs { a href=(format!("/programmes/{}", self.programme)) { (fields.map(|f| f.title.as_str()).unwrap_or_default()) } }
            (self.form.summary(ctx))
            nav.tabs aria-label=(ctx.t("Năm", "Year")) { @for year in &self.years {
                a href=(format!("/programmes/{}/ranking?year={year}", self.programme)) aria-current=[(*year == self.year).then_some("page")] { (year) }
            } }
            (self.state(ctx))
            @if self.lines.is_empty() {
                (parts::empty(ctx.t("Chưa có phần chỉ tiêu nào của năm này trong phạm vi của bạn.", "No part of this year within your scope."), None))
            } @else { (self.lines(ctx)) }
            (self.rule(ctx))
            (self.commands(ctx))
        }
    }

    fn table(&self) -> Table {
        let text = |value: Option<u32>| value.map(|v| v.to_string()).unwrap_or_default();
        Table {
            head: vec![
                "rank",
                "organisation",
                "points",
                "parts",
                "counted",
                "reached",
                "not_reported",
            ],
            rows: self
                .lines
                .iter()
                .map(|line| {
                    let scored = &line.scored;
                    vec![
                        text(line.rank),
                        line.who.0.clone(),
                        scored.points.map(|p| p.to_string()).unwrap_or_default(),
                        scored.parts.to_string(),
                        scored.counted.to_string(),
                        scored.reached.to_string(),
                        scored.not_reported.to_string(),
                    ]
                })
                .collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl Ranking {
    fn state(&self, ctx: &Ctx) -> Markup {
        let to = |to: Audience| match to {
            Audience::Public => ctx.t("công khai", "for everybody"),
            _ => ctx.t("trong hệ thống", "inside the administration"),
        };
        html! { p { @match (&self.published, self.as_published) {
            (Some(state), as_published) => {
                (parts::status("good", '●', ctx.t("đã công bố", "published")))
                @if let Some(audience) = state.to { " " (to(audience)) }
                @if let Some(at) = state.published_at { ", " (parts::moment(at, ctx.lang)) }
                @if !as_published { ". " (ctx.t("Bảng dưới tính theo số liệu hiện nay, có thể khác bản đã công bố.", "The lines below follow from what is known now and may differ from those published.")) }
            },
            (None, _) => {
                (parts::status("idle", '○', ctx.t("chưa công bố", "not published"))) ": "
                @if ctx.scope.sees_everything() { (ctx.t("chỉ người thấy toàn bộ mới xem được.", "only those who see everything see it.")) }
                @else { (ctx.t("mỗi đơn vị chỉ thấy dòng của mình, chưa có thứ hạng.", "an agency sees its own line, without a rank.")) }
            },
        } } }
    }

    fn lines(&self, ctx: &Ctx) -> Markup {
        let number = |value: Decimal| viet::number::format(value, ctx.lang);
        html! { div.scroll { table.stack {
            thead { tr {
                th.num scope="col" { (ctx.t("Hạng", "Rank")) } th scope="col" { (ctx.t("Đơn vị", "Agency")) }
                th.num scope="col" { (ctx.t("Điểm", "Points")) } th.num scope="col" { (ctx.t("Phần được tính", "Parts counted")) }
                th.num scope="col" { (ctx.t("Đạt", "Reached")) } th.num scope="col" { (ctx.t("Chưa báo cáo", "Not reported")) }
            } }
            tbody { @for line in &self.lines { tr {
                td.num data-label=(ctx.t("Hạng", "Rank")) { @match line.rank { Some(rank) => (rank), None => span.muted { "–" } } }
                td.main { (parts::org_link(ctx, &line.who)) }
                td.num data-label=(ctx.t("Điểm", "Points")) { @match line.scored.points { Some(points) => strong { (number(points)) }, None => span.muted { (ctx.t("chưa tính được", "none")) } } }
                td.num data-label=(ctx.t("Phần được tính", "Parts counted")) { (line.scored.counted) " / " (line.scored.parts) }
                td.num data-label=(ctx.t("Đạt", "Reached")) { (line.scored.reached) }
                td.num data-label=(ctx.t("Chưa báo cáo", "Not reported")) { (line.scored.not_reported) }
            } } }
        } } }
    }

    fn rule(&self, ctx: &Ctx) -> Markup {
        let Some(rule) = &self.scoring else {
            return html! { p.notice.notice-warn { (ctx.t("Cấu hình chung chưa có quy tắc chấm điểm (mục scoring), nên chưa tính được điểm.", "The settings have no rule of scoring (table scoring), so there are no points.")) } };
        };
        let number = |value: Decimal| viet::number::format(value.normalize(), ctx.lang);
        let silent = match rule.not_reported.value {
            NotReported::Zero => ctx.t("tính là 0", "counts as nothing reached"),
            NotReported::LeftOut => ctx.t("không tính", "does not count"),
        };
        let sources: BTreeSet<&str> = [
            rule.full_points.source.as_str(),
            rule.most.source.as_str(),
            rule.least.source.as_str(),
            rule.not_reported.source.as_str(),
            rule.decimals.source.as_str(),
        ]
        .into();
        html! {
            h2 { (ctx.t("Cách chấm điểm", "How points are given")) }
            p { (ctx.t("Điểm = ", "Points = ")) (number(rule.full_points.value)) " × "
                (ctx.t("trung bình theo trọng số của tỷ lệ đạt từng phần", "mean share reached of the parts, by weight")) "; "
                (ctx.t("một phần tính không quá ", "a part counts at most ")) (number(rule.most.value)) " " (ctx.t("lần yêu cầu", "times what it requires"))
                @if !rule.least.value.is_zero() { (ctx.t(", dưới ", ", below ")) (number(rule.least.value)) (ctx.t(" lần thì 0 điểm", " times nothing")) } "; " (ctx.t("phần chưa báo cáo ", "a part without a figure ")) (silent) "; "
                (ctx.t("bằng điểm thì cùng hạng, hạng sau bỏ cách (1, 2, 2, 4). Phần chưa đánh giá được không tính.", "the same points share a rank and the next is left out (1, 2, 2, 4). What cannot be assessed does not count.")) }
            @if !rule.weights.is_empty() { ul { @for one in &rule.weights { li { (parts::indicator_name(ctx, one.indicator.as_str())) ": " (ctx.t("trọng số ", "weight ")) (number(one.weight)) } } } }
            p.muted { (ctx.t("Căn cứ: ", "Source: ")) @for (n, source) in sources.iter().enumerate() { @if n > 0 { "; " } (source) } }
        }
    }

    fn commands(&self, ctx: &Ctx) -> Markup {
        if !ctx.scope.may(Permission::KeepProgramme) || ctx.as_known_on.is_some() {
            return html! {};
        }
        let address = format!("/programmes/{}/ranking", self.programme);
        let options = [
            (
                Audience::Internal.as_str().to_owned(),
                ctx.t("trong hệ thống", "inside the administration")
                    .to_owned(),
            ),
            (
                Audience::Public.as_str().to_owned(),
                ctx.t("công khai", "for everybody").to_owned(),
            ),
        ];
        let version = self.published.as_ref().map(|state| state.version);
        html! {
            @if self.scoring.is_some() && self.lines.iter().any(|line| line.rank.is_some()) {
                details open[self.form.fault("to").is_some()] { summary { (ctx.t("Công bố bảng này", "Publish these lines")) }
                    form method="post" action=(format!("{address}/publish")) { (hidden(ctx))
                        input type="hidden" name="year" value=(self.year);
                        @if let Some(version) = version { input type="hidden" name="expected" value=(version); }
                        (self.form.select(ctx, "to", ctx.t("Công bố cho ai", "To whom"), None, &options))
                        button.primary type="submit" { (ctx.t("Công bố", "Publish")) } }
                }
            }
            @if self.published.is_some() {
                details open[self.form.fault("reason").is_some()] { summary { (ctx.t("Thu hồi bảng đã công bố", "Take the published ranking back")) }
                    form method="post" action=(format!("{address}/withdraw")) { (hidden(ctx))
                        input type="hidden" name="year" value=(self.year);
                        (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), None, 2))
                        button.danger type="submit" { (ctx.t("Thu hồi", "Take back")) } }
                }
            }
        }
    }
}

/// The rule in force.
fn scoring(ctx: &Ctx) -> Option<(&ScoringSettings, &str)> {
    let pinned = ctx.directory.settings(ctx.as_known.day)?;
    Some((pinned.definition.scoring.as_ref()?, &pinned.hash))
}

/// The lines as they follow from what the reader sees, and the years there are parts of.
async fn derived(
    app: &App,
    ctx: &Ctx,
    programme: ProgrammeId,
    year: i16,
) -> Result<(Vec<Line<OrgId>>, BTreeSet<i16>), Failure> {
    let (journal, scope, known) = (&app.journal, &ctx.scope, ctx.as_known);
    let filter = PartFilter {
        programme: Some(programme),
        ..PartFilter::default()
    };
    let rows = programme::cascade::parts(journal, scope, known, &filter).await?;
    let mut targets = BTreeMap::new();
    for target in rows.iter().map(|row| row.target).collect::<BTreeSet<_>>() {
        let row = programme::target::get(journal, scope, known, target).await?;
        let cascade = programme::cascade::cascade(journal, scope, known, target).await?;
        if row.state.withdrawn.is_none() {
            targets.insert(target, Broken { row, cascade });
        }
    }
    let judged = judge(app, ctx, &targets, &rows).await?;
    let demanded = judged.iter().filter(|one| one.assessment.is_some());
    let years = demanded.clone().map(|one| one.year).collect();
    let Some((settings, _)) = scoring(ctx) else {
        return Ok((Vec::new(), years));
    };
    let mut marked: BTreeMap<OrgId, Vec<Marked>> = BTreeMap::new();
    for one in demanded.filter(|one| one.year == year) {
        let Some((assessment, broken)) = one.assessment.clone().zip(targets.get(&one.target))
        else {
            continue;
        };
        let indicator = assess::indicator_of(ctx, &broken.row.target.terms);
        let weight = settings.weight(indicator.map(|i| &i.def.id));
        let of = marked.entry(one.holder.organisation.clone()).or_default();
        of.push(Marked { assessment, weight });
    }
    let rule = ScoringRule::from(settings);
    let scored = marked
        .into_iter()
        .map(|(who, parts)| (who, rule.score(&parts)));
    Ok((rank(scored), years))
}

async fn view(
    app: &App,
    ctx: &Ctx,
    programme: ProgrammeId,
    year: Option<i16>,
    form: FormState,
) -> Result<Ranking, Failure> {
    let (journal, scope, known) = (&app.journal, &ctx.scope, ctx.as_known);
    let row = programme::programme::get(journal, scope, known, programme).await?;
    let year = year.unwrap_or(known.day.year());
    let published = programme::cascade::ranking(journal, scope, known, (programme, year)).await?;
    let published = published
        .map(|row| row.state)
        .filter(|state| state.to.is_some());
    if published.is_none() && !scope.sees_field(FieldClass::Internal) {
        return Err(Refusal::NotFound.into());
    }
    let (mut lines, mut years) = derived(app, ctx, programme, year).await?;
    years.insert(year);
    let as_published = published.is_some() && !scope.sees_everything();
    match &published {
        Some(state) if as_published => lines.clone_from(&state.lines),
        // Parts of one's own subtree alone: a rank among them says nothing.
        None if !scope.sees_everything() => lines.iter_mut().for_each(|line| line.rank = None),
        _ => {}
    }
    let scoring = scoring(ctx).map(|(settings, _)| settings.clone());
    Ok(Ranking {
        programme,
        year,
        rule: scoring.as_ref().map(ScoringRule::from),
        published_to: published.as_ref().and_then(|state| state.to),
        as_published,
        lines,
        row,
        scoring,
        published,
        years,
        form,
    })
}

fn year_of(text: Option<&str>) -> Result<Option<i16>, Failure> {
    let year = text.filter(|text| !text.is_empty()).map(|text| {
        let year = text
            .parse()
            .ok()
            .filter(|year| (1990..=2100).contains(year));
        year.ok_or_else(|| {
            Failure::bad_request(
                format!("year={text}: năm phải từ 1990 đến 2100."),
                format!("year={text}: write a year from 1990 to 2100."),
            )
        })
    });
    year.transpose()
}

/// `GET /programmes/{id}/ranking?year=`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let year = year_of(ctx.query("year").as_deref())?;
    let view = view(&app, &ctx, parts::id(&id)?, year, FormState::default()).await?;
    answer(&ctx, &view)
}

async fn run(
    app: &App,
    ctx: &Ctx,
    id: &str,
    posted: Posted,
    command: impl AsyncFnOnce(ProgrammeId, i16, &FormValues) -> Result<RankingCommand, Failure>,
) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let programme: ProgrammeId = parts::id(id)?;
    let year = year_of(posted.values.given("year"))?.unwrap_or(ctx.today.year());
    let given = parts::given(&posted.values);
    let command = command(programme, year, &posted.values).await?;
    let of = (programme, year);
    let outcome =
        programme::cascade::ranking_command(&app.journal, &ctx.scope, &given, of, &command).await;
    match outcome {
        Ok(_) => see(ctx, &format!("/programmes/{programme}/ranking?year={year}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let view = view(app, ctx, programme, Some(year), form).await?;
            answer_with(ctx, status, &view)
        }
    }
}

/// `POST /programmes/{id}/ranking/publish`: as it stands.
pub async fn publish(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    run(&app, &ctx, &id, posted, async |programme, year, values| {
        programme::programme::get(&app.journal, &ctx.scope, ctx.as_known, programme).await?;
        let to = values.get("to").parse().unwrap_or(Audience::Organisations);
        let (lines, _) = derived(&app, &ctx, programme, year).await?;
        let rule = scoring(&ctx).map(|(_, hash)| hash.to_owned());
        Ok(RankingCommand::Publish {
            to,
            rule: rule.unwrap_or_default(),
            lines,
        })
    })
    .await
}

/// `POST /programmes/{id}/ranking/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    run(&app, &ctx, &id, posted, async |_, _, values| {
        let reason = values.get("reason").to_owned();
        Ok(RankingCommand::Withdraw { reason })
    })
    .await
}
