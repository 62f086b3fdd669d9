//! Pieces that several pages share.

use access::{Account, DisplayName, OrgId, Page, Scope};
use activation::AsKnown;
use catalogue::{Hierarchy, Indicator, Unit};
use jiff::Timestamp;
use journal::StreamId;
use maud::{Markup, html};
use rust_decimal::Decimal;
use viet::{AreaKey, Lang};

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

/// What an account may see and do today: its organisation's subtree is taken from the State's hierarchy.
pub async fn scope_of(app: &App, account: &Account) -> Result<Scope, Failure> {
    let today = AsKnown::now(app.journal.today());
    let directory = app.directories.load(&Scope::anonymous(), today).await?;
    let subtree = match &account.organisation {
        Some(own) => directory
            .organisations()
            .subtree(own, Hierarchy::State, today.day),
        None => Default::default(),
    };
    Ok(Scope::of_account(
        account.actor,
        account.role,
        account.organisation.clone(),
        subtree,
    ))
}

/// Name of an area on the day asked about; its key when it is not known.
pub fn area_name(ctx: &Ctx, key: AreaKey) -> String {
    ctx.directory.areas().get(key).map_or_else(
        || key.to_string(),
        |area| area.full_name_on(ctx.as_known.day).to_owned(),
    )
}

/// A link to an area.
pub fn area_link(ctx: &Ctx, key: AreaKey) -> Markup {
    html! { a href=(format!("/areas/{key}")) { (area_name(ctx, key)) } }
}

/// Name of an organisation on the day asked about; its identity when it is not known.
pub fn org_name(ctx: &Ctx, id: &OrgId) -> String {
    ctx.directory
        .organisations()
        .name(id, ctx.as_known.day)
        .map_or_else(|| id.0.clone(), |name| ctx.t(&name.vi, &name.en).to_owned())
}

/// A link to an organisation.
pub fn org_link(ctx: &Ctx, id: &OrgId) -> Markup {
    html! { a href=(format!("/organisations/{}", id.0)) { (org_name(ctx, id)) } }
}

/// Name of an indicator; its id when it is not known.
pub fn indicator_name(ctx: &Ctx, id: &str) -> String {
    ctx.directory.indicators().get(id).map_or_else(
        || id.to_owned(),
        |pinned| pinned.definition.def.label.get(ctx.lang).to_owned(),
    )
}

/// A value as its indicator is shown: with its decimals, the decimal comma and the unit.
pub fn value(indicator: Option<&Indicator>, value: Decimal, lang: Lang) -> String {
    let Some(indicator) = indicator else {
        return viet::number::format(value, lang);
    };
    if indicator.value.unit == Unit::YesNo {
        let word = if value.is_zero() {
            lang.pick("không", "no")
        } else {
            lang.pick("có", "yes")
        };
        return word.to_owned();
    }
    let shown = viet::number::format(value.round_dp(indicator.value.decimals), lang);
    let unit = indicator.value.unit.label(lang);
    match unit {
        "" => shown,
        unit if unit.starts_with('%') => format!("{shown}{unit}"),
        unit => format!("{shown} {unit}"),
    }
}

/// The page on which the thing of a stream is shown, if it has one.
pub fn address_of(stream: &StreamId) -> Option<String> {
    let id = stream.identity();
    match stream.family() {
        "document" => Some(format!("/documents/{id}")),
        "programme" => Some(format!("/programmes/{id}")),
        "target" => Some(format!("/targets/{id}")),
        "task" => Some(format!("/tasks/{id}")),
        "report" => Some(format!("/reports/{id}")),
        "account" => Some(format!("/accounts/{id}")),
        "removal" => Some(format!("/removals/{id}")),
        "batch" => Some(format!("/batches/{id}")),
        "campaign" => Some(format!("/campaigns/{id}")),
        "cascade" => Some(format!("/targets/{id}/parts")),
        "part" => Some(format!("/targets/{}/parts", id.split_once(':')?.0)),
        "ranking" => {
            let (programme, year) = id.split_once(':')?;
            Some(format!("/programmes/{programme}/ranking?year={year}"))
        }
        "series" => {
            let key = observation::SeriesKey::of_stream(stream)?;
            Some(series_address(&key))
        }
        _ => None,
    }
}

/// The list of all figures of a series.
pub fn series_address(key: &observation::SeriesKey) -> String {
    let mut query = vec![
        ("indicator".to_owned(), key.indicator.to_string()),
        ("area".to_owned(), key.area.to_string()),
    ];
    if !key.breakdown.is_whole() {
        query.push(("breakdown".to_owned(), key.breakdown.to_string()));
    }
    format!("/observations?{}", crate::ctx::form_urlencode(&query))
}

/// Which part of the whole a figure tells, in words: the organisation's name, the label of a code.
pub fn part_name(ctx: &Ctx, breakdown: &observation::Breakdown) -> String {
    let words = breakdown.codes().map(|(dimension, code)| {
        if dimension.as_str() == catalogue::ORGANISATION {
            return org_name(ctx, &OrgId(code.to_string()));
        }
        let list = ctx.directory.codelist(dimension.as_str());
        let entry = list.and_then(|pinned| pinned.definition.entry(code.as_str()));
        entry.map_or_else(
            || format!("{dimension}={code}"),
            |entry| entry.label.get(ctx.lang).to_owned(),
        )
    });
    words.collect::<Vec<_>>().join(", ")
}

/// A status: a word, a shape and a colour, never one of them alone.
pub fn status(class: &str, shape: char, word: &str) -> Markup {
    html! { span.status.{ "status-" (class) } { span.shape aria-hidden="true" { (shape) } " " (word) } }
}

/// The size of a file, in the largest unit of which it has one.
pub fn size(bytes: u64, lang: Lang) -> String {
    const STEP: u64 = 1024;
    let (unit, whole) = match bytes {
        0..STEP => return format!("{bytes} B"),
        _ if bytes < STEP * STEP => ("KB", STEP),
        _ => ("MB", STEP * STEP),
    };
    let tenths = Decimal::from(bytes) / Decimal::from(whole);
    format!(
        "{} {unit}",
        viet::number::format(tenths.round_dp(1).normalize(), lang)
    )
}

/// The moment something was recorded, in Vietnam's time.
pub fn moment(microseconds: i64, lang: Lang) -> Markup {
    let Ok(at) = Timestamp::from_microsecond(microseconds) else {
        return html! { (microseconds) };
    };
    let local = viet::date::VIETNAM.to_datetime(at);
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    html! { time datetime=(at) { (time) " " (viet::date::format(local.date(), lang)) } }
}

/// The day in Vietnam of a moment in microseconds.
pub fn day_of(microseconds: i64) -> jiff::civil::Date {
    let at = Timestamp::from_microsecond(microseconds).unwrap_or_default();
    viet::date::day_of(at)
}

/// A date, or a dash.
pub fn date(date: Option<jiff::civil::Date>, lang: Lang) -> Markup {
    match date {
        Some(date) => html! { time datetime=(date) { (viet::date::format(date, lang)) } },
        None => html! { span.muted { "–" } },
    }
}

/// What an empty list says: why it is empty and what to do next.
pub fn empty(message: &str, next: Option<(&str, &str)>) -> Markup {
    html! {
        p.empty { (message)
            @if let Some((address, label)) = next { " " a href=(address) { (label) } }
        }
    }
}

/// Rows a list page shows at a time: a screen or two on an office monitor.
pub const ROWS_A_PAGE: u32 = 50;

/// Which rows of a list are asked for, by `?page=2`; the first page is 1.
pub fn page_number(ctx: &Ctx) -> u32 {
    ctx.query("page")
        .and_then(|text| text.parse::<u32>().ok())
        .map_or(1, |page| page.clamp(1, 1_000_000))
}

/// The same as the engines take it. Whoever asks for rows or JSON may ask for more at a time with
/// `?limit=`, at most a thousand.
pub fn page(ctx: &Ctx) -> Page {
    const MOST: u32 = 1000;
    let limit = ctx
        .query("limit")
        .and_then(|text| text.parse::<u32>().ok())
        .map_or(ROWS_A_PAGE, |limit| limit.clamp(1, MOST));
    Page {
        limit,
        offset: (page_number(ctx) - 1) * limit,
    }
}

/// Links to the pages of a list, with the total.
pub fn pager(ctx: &Ctx, total: u64) -> Markup {
    let page = u64::from(page_number(ctx));
    let last = total.div_ceil(u64::from(self::page(ctx).limit)).max(1);
    html! {
        nav.pager aria-label=(ctx.t("Trang", "Pages")) {
            span { (viet::number::format(total.into(), ctx.lang)) " " (ctx.t("mục", "rows")) }
            @if page > 1 { a rel="prev" href=(ctx.address_with("page", &(page - 1).to_string())) { (ctx.t("‹ Trước", "‹ Previous")) } }
            @if last > 1 { span { (page) " / " (last) } }
            @if page < last { a rel="next" href=(ctx.address_with("page", &(page + 1).to_string())) { (ctx.t("Sau ›", "Next ›")) } }
        }
    }
}

/// An identity out of an address; what cannot be one names nothing here.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

/// The name of whoever acted, as far as the reader may know it.
pub fn who(ctx: &Ctx, name: &DisplayName) -> Markup {
    html! {
        @match name {
            DisplayName::Shown(name) => (name),
            DisplayName::Erased => span.muted { (ctx.t("đã xoá", "erased")) },
            DisplayName::Masked => span.muted { (ctx.t("không hiển thị", "not shown")) },
            DisplayName::System => span.muted { (ctx.t("máy chủ", "the server")) },
        }
    }
}

/// What a form sends besides its fields: the idempotency key, and the version it was filled against.
pub fn given(values: &crate::form::FormValues) -> programme::Given {
    programme::Given {
        key: values.given("key").map(str::to_owned),
        expected: values.given("expected").and_then(|text| text.parse().ok()),
    }
}

/// May this reader see the thing a stream is about? Asked before its history is shown.
pub async fn sees_stream(app: &App, ctx: &Ctx, stream: &StreamId) -> Result<bool, Failure> {
    let (journal, scope, known) = (&app.journal, &ctx.scope, ctx.as_known);
    let id = stream.identity();
    let seen = match stream.family() {
        "document" => programme::document::get(journal, scope, known, self::id(id)?)
            .await
            .map(drop),
        "programme" => programme::programme::get(journal, scope, known, self::id(id)?)
            .await
            .map(drop),
        "target" => programme::target::get(journal, scope, known, self::id(id)?)
            .await
            .map(drop),
        "cascade" => {
            let found = programme::cascade::cascade(journal, scope, known, self::id(id)?).await?;
            return Ok(found.is_some());
        }
        "part" => return sees_part(app, ctx, id).await,
        // What was taken back stands there too.
        "ranking" => return Ok(scope.sees_everything()),
        "task" => task_concerns(app, ctx, self::id(id)?).await,
        "account" => app
            .accounts
            .get(scope, self::id(id)?, known)
            .await
            .map(drop),
        "report" => reporting::get(journal.db(), scope, &known, self::id(id)?)
            .await
            .map(drop),
        "removal" => removal::get(journal.db(), scope, self::id(id)?)
            .await
            .map(drop),
        "definition" | "series" | "batch" | "campaign" if scope.sees_everything() => Ok(()),
        "series" => observation_seen(app, ctx, stream).await,
        _ => return Ok(false),
    };
    match seen {
        Ok(()) => Ok(true),
        Err(access::Refusal::NotFound) => Ok(false),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The parts of an agency in a target: for the agency and those who see everything.
async fn sees_part(app: &App, ctx: &Ctx, id: &str) -> Result<bool, Failure> {
    let Some((target, organisation)) = id.split_once(':') else {
        return Ok(false);
    };
    let filter = programme::cascade::PartFilter {
        target: Some(self::id(target)?),
        organisation: Some(OrgId(organisation.to_owned())),
        ..Default::default()
    };
    let found = programme::cascade::parts(&app.journal, &ctx.scope, ctx.as_known, &filter).await?;
    Ok(!found.is_empty())
}

/// A published task is seen by everybody, its history holds results and reasons as well: it is for the
/// agencies concerned.
async fn task_concerns(app: &App, ctx: &Ctx, id: programme::TaskId) -> Result<(), access::Refusal> {
    // The day of "due soon" does not matter for seeing.
    let task = programme::task::get(&app.journal, &ctx.scope, ctx.as_known, id, 0).await?;
    let agencies = task.row.task.agencies;
    let concerned: Vec<OrgId> = agencies
        .lead
        .into_iter()
        .chain(agencies.supporting)
        .collect();
    if ctx.scope.sees(access::Audience::Organisations, &concerned) {
        Ok(())
    } else {
        Err(access::Refusal::NotFound)
    }
}

/// A series is seen by whoever sees all of it that stands: its history holds all of it.
async fn observation_seen(app: &App, ctx: &Ctx, stream: &StreamId) -> Result<(), access::Refusal> {
    let key = observation::SeriesKey::of_stream(stream).ok_or(access::Refusal::NotFound)?;
    let internal = ctx.scope.sees_field(access::FieldClass::Internal);
    let (db, known) = (app.journal.db(), &ctx.as_known);
    let own = observation::series(db, &ctx.scope, known, &key).await?;
    let all = observation::series(db, &Scope::system(), known, &key).await?;
    let whole = own.observations.len() == all.observations.len();
    if internal && whole && !own.observations.is_empty() {
        Ok(())
    } else {
        Err(access::Refusal::NotFound)
    }
}
