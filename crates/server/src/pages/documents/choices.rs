//! Choices a form offers: indicators, organisations, passages.

use std::collections::BTreeSet;

use access::OrgId;
use catalogue::{Indicator, OrganisationKind};
use programme::document::{CorrectedReading, HeaderFields, StoredReading};
use viet::fold::fold;
use viet::{AreaKey, Span};

use crate::ctx::Ctx;
use crate::parts;

/// Values and labels of a select.
pub type Options = Vec<(String, String)>;

/// The indicators whose wording has most in common with a clause, the nearest first.
pub fn nearest<'a>(ctx: &'a Ctx, clause: &str, most: usize) -> Vec<&'a Indicator> {
    let spoken: BTreeSet<String> = words(clause);
    let mut scored: Vec<(usize, &Indicator)> = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| (share(&pinned.definition, &spoken), &pinned.definition))
        .filter(|(score, _)| *score >= ENOUGH)
        .collect();
    scored.sort_by_key(|(score, indicator)| (std::cmp::Reverse(*score), indicator.def.id.clone()));
    scored
        .into_iter()
        .take(most)
        .map(|(_, indicator)| indicator)
        .collect()
}

/// Per cent of a wording that a clause must share to be offered.
const ENOUGH: usize = 50;

/// Per cent of the words of the indicator's best fitting wording that stand in the clause.
fn share(indicator: &Indicator, spoken: &BTreeSet<String>) -> usize {
    indicator
        .linking
        .terms
        .iter()
        .chain([&indicator.def.label.vi])
        .map(|term| {
            let term = words(term);
            term.intersection(spoken).count() * 100 / term.len().max(1)
        })
        .max()
        .unwrap_or(0)
}

fn words(text: &str) -> BTreeSet<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every indicator, first the one chosen and the one the reader suggests, then the nearest, then the
/// others by name.
pub fn indicators(ctx: &Ctx, first: &[Option<&str>], clause: &str) -> Options {
    const NEAREST: usize = 5;
    let label = |indicator: &Indicator| {
        let unit = indicator.value.unit.label(ctx.lang);
        let name = indicator.def.label.get(ctx.lang);
        (indicator.def.id.to_string(), format!("{name} ({unit})"))
    };
    let all = ctx.directory.indicators();
    let chosen = first
        .iter()
        .flatten()
        .filter_map(|id| all.get(id))
        .map(|pinned| &pinned.definition);
    let mut others: Vec<&Indicator> = all.list().map(|pinned| &pinned.definition).collect();
    others.sort_by_cached_key(|indicator| fold(indicator.def.label.get(ctx.lang)));
    let mut seen = BTreeSet::new();
    let mut options = vec![(
        String::new(),
        ctx.t("chưa gắn chỉ số", "not linked").to_owned(),
    )];
    options.extend(
        chosen
            .chain(nearest(ctx, clause, NEAREST))
            .chain(others)
            .map(label)
            .filter(|(id, _)| seen.insert(id.clone())),
    );
    options
}

/// The organisations a task is usually given to: all of today but the communes, and those given.
pub fn organisations(ctx: &Ctx, given: impl IntoIterator<Item = OrgId>) -> Options {
    let nobody = ctx
        .t("chưa giao cơ quan nào", "no organisation yet")
        .to_owned();
    let usual = ctx
        .directory
        .organisations()
        .list(ctx.today)
        .into_iter()
        .filter(|organisation| organisation.kind != OrganisationKind::CommuneCommittee)
        .map(|organisation| OrgId(organisation.id.to_string()));
    let mut seen = BTreeSet::new();
    let mut options = vec![(String::new(), nobody)];
    options.extend(
        usual
            .chain(given)
            .filter(|id| seen.insert(id.clone()))
            .map(|id| (id.0.clone(), parts::org_name(ctx, &id))),
    );
    options
}

/// The area a document speaks of, in the life it had when the document was issued. A name that several
/// areas bear is the one that holds the others, or nothing.
pub fn area_of(ctx: &Ctx, header: &HeaderFields) -> Option<AreaKey> {
    let day = header.date.unwrap_or(ctx.today);
    let found = ctx.directory.areas().named(header.area.as_deref()?, day);
    let holds_all = |key: AreaKey| {
        let held = |area: &&catalogue::Area| area.key() == key || area.parent == Some(key);
        found.iter().all(held)
    };
    let mut keys = found.iter().map(|area| area.key());
    keys.find(|key| holds_all(*key))
}

/// The area of today that a document speaks from: it decides between namesakes of several provinces.
/// Where the document says none, that of the reader's own organisation.
pub fn home(ctx: &Ctx, header: &HeaderFields) -> Option<AreaKey> {
    let own = || {
        let organisation = ctx
            .directory
            .organisations()
            .get(ctx.scope.organisation()?)?;
        Some(organisation.area)
    };
    let said = area_of(ctx, header).and_then(|key| {
        let mut holders = ctx.directory.areas().holders(key, ctx.today).into_iter();
        holders.next().filter(|_| holders.next().is_none())
    });
    said.or_else(own)
}

/// The organisation a written agency means today.
pub fn resolved(ctx: &Ctx, home: Option<AreaKey>, written: &str) -> Option<OrgId> {
    let organisations = ctx.directory.organisations();
    organisations.resolve_agency(written, ctx.today, home)
}

/// The passages of a text, each with its span as value; `own` is offered first, else nothing is chosen yet.
pub fn passages(ctx: &Ctx, source: &StoredReading, own: Option<Span>) -> Options {
    const LETTERS: usize = 80;
    let cutter = source.cutter();
    let label = |anchor: &str, span: Span| {
        let text: String = cutter
            .cut(span)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let mut short: String = text.chars().take(LETTERS).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        (span_word(span), format!("{anchor}: {short}"))
    };
    let choose = || {
        let words = ctx.t("chọn đoạn của văn bản", "choose a passage of the text");
        (String::new(), words.to_owned())
    };
    let as_read = own.map(|span| label(ctx.t("đang chọn", "chosen now"), span));
    let first = as_read.unwrap_or_else(choose);
    let others = source.passages.iter().map(|p| label(&p.anchor, p.span));
    [first].into_iter().chain(others).collect()
}

/// A span as forms write it.
pub fn span_word(span: Span) -> String {
    format!("{}-{}", span.start(), span.end())
}

/// Agencies of a reading that were found among the organisations, for a select.
pub fn agencies_of(ctx: &Ctx, reading: &CorrectedReading) -> BTreeSet<OrgId> {
    let home = home(ctx, &reading.header);
    let targets = reading.targets.iter().map(|item| &item.fields.lead);
    let tasks = reading.tasks.iter().map(|item| &item.fields.lead);
    targets
        .chain(tasks)
        .filter_map(|lead| lead.as_deref())
        .filter_map(|written| resolved(ctx, home, written))
        .collect()
}
