//! The matrix of a season: pillar, sub-indicator, agency, and how each stands.

use std::collections::BTreeMap;

use access::{DisplayName, OrgId};
use journal::ActorId;
use maud::{Markup, html};
use observation::campaign::{RequestRow, RequestStatus, Said};
use serde::Serialize;

use super::{Season, address, late, said, status};
use crate::answer::Table;
use crate::ctx::Ctx;
use crate::parts;

/// How many requests stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Asked for.
    pub asked: usize,
    /// Given, confirmed or not.
    pub given: usize,
    /// Of these late.
    pub late: usize,
    /// Confirmed.
    pub confirmed: usize,
    /// Not given, and the last day is past.
    pub overdue: usize,
    /// Returned.
    pub returned: usize,
}

impl Tally {
    /// Of some requests.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a RequestRow>) -> Self {
        let mut tally = Self::default();
        rows.into_iter().for_each(|row| tally.add(row));
        tally
    }

    fn add(&mut self, row: &RequestRow) {
        let given = !row.status.is_owed();
        self.asked += 1;
        self.given += usize::from(given);
        self.late += usize::from(given && row.days_late.is_some());
        self.confirmed += usize::from(row.status == RequestStatus::Confirmed);
        self.overdue += usize::from(row.status == RequestStatus::Overdue);
        self.returned += usize::from(row.status == RequestStatus::Returned);
    }
}

/// How many requests stand how, agency by agency.
pub fn by_organisation(rows: &[RequestRow]) -> BTreeMap<OrgId, Tally> {
    let mut tallies: BTreeMap<OrgId, Tally> = BTreeMap::new();
    for row in rows {
        let organisation = row.state.organisation.clone();
        tallies.entry(organisation).or_default().add(row);
    }
    tallies
}

/// The counts, as a table with a link to each agency's requests.
pub fn counts(ctx: &Ctx, tallies: &BTreeMap<OrgId, Tally>) -> Markup {
    let mut rows: Vec<_> = tallies.iter().collect();
    rows.sort_by_cached_key(|(id, _)| viet::fold::fold(&parts::org_name(ctx, id)));
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Cơ quan", "Organisation")) } th.num scope="col" { (ctx.t("Được hỏi", "Asked")) }
            th.num scope="col" { (ctx.t("Đã nộp", "Given")) } th.num scope="col" { (ctx.t("Trong đó muộn", "Of these late")) }
            th.num scope="col" { (ctx.t("Đã xác nhận", "Confirmed")) } th.num scope="col" { (ctx.t("Quá hạn", "Overdue")) }
            th.num scope="col" { (ctx.t("Trả lại", "Returned")) }
        } }
        tbody { @for (id, tally) in rows { tr {
            td.main { a href=(ctx.address_with("organisation", &id.0)) { (parts::org_name(ctx, id)) } }
            td.num data-label=(ctx.t("Được hỏi", "Asked")) { (tally.asked) }
            td.num data-label=(ctx.t("Đã nộp", "Given")) { (tally.given) }
            td.num data-label=(ctx.t("Trong đó muộn", "Of these late")) { (tally.late) }
            td.num data-label=(ctx.t("Đã xác nhận", "Confirmed")) { (tally.confirmed) }
            td.num data-label=(ctx.t("Quá hạn", "Overdue")) { (tally.overdue) }
            td.num data-label=(ctx.t("Trả lại", "Returned")) { (tally.returned) }
        } } }
    } } }
}

/// Names of those who answered.
pub type Names = BTreeMap<ActorId, DisplayName>;

/// The requests, pillar by pillar.
pub fn matrix(ctx: &Ctx, season: &Season, names: &Names, rows: &[&RequestRow]) -> Markup {
    let mut groups: Vec<(String, Vec<&RequestRow>)> = Vec::new();
    for row in rows {
        let pillar = season.pillar(&row.state.request.pillar);
        let pillar = pillar.get(ctx.lang).to_owned();
        match groups.iter_mut().find(|(name, _)| *name == pillar) {
            Some((_, group)) => group.push(row),
            None => groups.push((pillar, vec![row])),
        }
    }
    html! { div.scroll { table.stack {
        thead { tr {
            th scope="col" { (ctx.t("Chỉ số thành phần", "Sub-indicator")) } th scope="col" { (ctx.t("Cơ quan", "Organisation")) }
            th scope="col" { (ctx.t("Hạn", "Due")) } th scope="col" { (ctx.t("Trạng thái", "State")) }
            th.num scope="col" { (ctx.t("Số liệu", "Figure")) } th scope="col" { (ctx.t("Minh chứng", "Papers")) }
            th scope="col" { (ctx.t("Nộp", "Given")) }
        } }
        @for (pillar, rows) in &groups { tbody {
            tr.group { th colspan="7" scope="rowgroup" { (pillar) " " span.muted { "(" (Tally::of(rows.iter().copied()).given) "/" (rows.len()) ")" } } }
            @for row in rows { (line(ctx, row, names)) }
        } }
    } } }
}

fn line(ctx: &Ctx, row: &RequestRow, names: &Names) -> Markup {
    let request = &row.state.request;
    // What was returned or taken back is not given.
    let given = row.state.answer().filter(|_| !row.status.is_owed());
    html! { tr {
        td.main { a href=(address(row)) { @if let Some(code) = &request.code { (code) " " } (request.label.get(ctx.lang)) } }
        td data-label=(ctx.t("Cơ quan", "Organisation")) { (parts::org_name(ctx, &row.state.organisation)) }
        td.nowrap data-label=(ctx.t("Hạn", "Due")) { (parts::date(Some(row.state.due), ctx.lang)) }
        td data-label=(ctx.t("Trạng thái", "State")) { (status(row.status, ctx)) @if let Some(late) = late(ctx, row) { br; small.muted { (late) } } }
        td.num data-label=(ctx.t("Số liệu", "Figure")) {
            @match given {
                Some(answer) if answer.said != Said::Papers => (said(ctx, row, &answer.said)),
                _ if request.indicator.is_none() => span.muted { (ctx.t("không hỏi", "not asked")) },
                _ => span.muted { "–" },
            } }
        td data-label=(ctx.t("Minh chứng", "Papers")) {
            @match given {
                Some(answer) if !answer.papers.is_empty() => { (answer.papers.len()) " " (ctx.t("tệp", "files")) }
                _ => span.muted { "–" },
            } }
        td data-label=(ctx.t("Nộp", "Given")) { (parts::date(given.map(|answer| answer.on), ctx.lang))
            @if let Some(answer) = given { br; small.muted { (parts::who(ctx, names.get(&answer.actor).unwrap_or(&DisplayName::Erased))) } } }
    } }
}

/// Column names of requests as rows.
pub const HEAD: [&str; 16] = [
    "request",
    "code",
    "label",
    "pillar",
    "indicator",
    "organisation",
    "due",
    "status",
    "days_late",
    "said",
    "value",
    "reason",
    "papers",
    "given_on",
    "note",
    "campaign",
];

/// The requests as rows.
pub fn table<'a>(rows: impl IntoIterator<Item = &'a RequestRow>) -> Table {
    Table {
        head: HEAD.to_vec(),
        rows: rows.into_iter().map(cells).collect(),
    }
}

fn cells(row: &RequestRow) -> Vec<String> {
    let request = &row.state.request;
    let given = row.state.answer().filter(|_| !row.status.is_owed());
    let said = given.map(|answer| &answer.said);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    vec![
        request.id.to_string(),
        text(request.code.as_deref()),
        request.label.vi.clone(),
        request.pillar.to_string(),
        text(request.indicator.as_ref().map(|id| id.as_str())),
        row.state.organisation.0.clone(),
        row.state.due.to_string(),
        row.status.word().to_owned(),
        row.days_late
            .map(|days| days.to_string())
            .unwrap_or_default(),
        text(said.map(|said| said.word())),
        said.and_then(super::export::value)
            .map(|v| v.to_string())
            .unwrap_or_default(),
        text(said.and_then(|said| said.reason())),
        given.map_or(0, |answer| answer.papers.len()).to_string(),
        given
            .map(|answer| answer.on.to_string())
            .unwrap_or_default(),
        text(given.and_then(|answer| answer.note.as_deref())),
        row.campaign.to_string(),
    ]
}
