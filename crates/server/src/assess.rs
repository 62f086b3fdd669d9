//! Targets with their figures: what the board, a target's page and an organisation's page show.

use std::collections::BTreeSet;

use catalogue::{Direction, Indicator};
use measure::{Assessment, Baseline, TargetSpec, TargetStatus, Thresholds, target_status};
use observation::columns::Known;
use observation::{Observation, SeriesKey};
use programme::TargetTerms;
use programme::target::TargetRow;
use reading::{Comparator, PeriodKind};
use rust_decimal::Decimal;
use viet::{Lang, Period};

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use maud::Markup;

/// Periods looked back at: enough for a programme of five years with its quarters and the baseline before.
pub const PERIODS: u32 = 40;

/// A target, the figures that prevail, and how it stands.
pub struct Assessed {
    /// The target.
    pub row: TargetRow,
    /// All that is known of its series.
    pub known: Known,
    /// One observation a period, earliest first.
    pub figures: Vec<Observation>,
    /// One value a period, stated or following from others, earliest first: what the status rests on.
    pub values: Vec<(Period, Decimal)>,
    /// How it stands, derived.
    pub assessment: Assessment,
}

/// The indicator of a target, when it is linked and in force.
pub fn indicator_of<'a>(ctx: &'a Ctx, terms: &TargetTerms) -> Option<&'a Indicator> {
    let id = terms.indicator.as_ref()?;
    let pinned = ctx.directory.indicators().get(id.as_str())?;
    Some(&pinned.definition)
}

/// Days before a deadline on which a task is due soon, as the settings say.
pub fn due_soon_days(ctx: &Ctx) -> Result<u32, Failure> {
    Ok(settings(ctx)?.thresholds.due_soon_days.value)
}

/// From when on a target is at risk and how near "about" is, as the settings say.
pub fn thresholds(ctx: &Ctx) -> Result<Thresholds, Failure> {
    Ok(Thresholds::from(settings(ctx)?))
}

fn settings(ctx: &Ctx) -> Result<&catalogue::Settings, Failure> {
    ctx.directory
        .settings(ctx.as_known.day)
        .map(|pinned| &pinned.definition)
        .ok_or_else(|| match ctx.as_known_on {
            None => Failure::Broken("no settings are in force; activate definitions/settings".into()),
            Some(day) => Failure::bad_request(
                format!("Vào ngày {day} chưa ghi nhận ngưỡng cảnh báo nào, nên trạng thái chưa tính được. Hãy chọn một ngày muộn hơn."),
                format!("By {day} no thresholds had been recorded, so no status can be derived. Choose a later day."),
            ),
        })
}

/// Looks up at once what is known of the series of all targets and derives how each stands.
pub async fn assess(app: &App, ctx: &Ctx, rows: Vec<TargetRow>) -> Result<Vec<Assessed>, Failure> {
    let thresholds = thresholds(ctx)?;
    let keys: BTreeSet<SeriesKey> = rows.iter().filter_map(key_of).collect();
    let (scope, as_known) = (&ctx.scope, ctx.as_known);
    let found = app.columns.known(scope, as_known, &keys, PERIODS).await?;
    let assessed = rows.into_iter().map(|row| {
        let known = key_of(&row).and_then(|key| found.get(&key));
        one(ctx, row, known.cloned().unwrap_or_default(), thresholds)
    });
    Ok(assessed.collect())
}

/// The series a target is measured by.
pub fn key_of(row: &TargetRow) -> Option<SeriesKey> {
    let indicator = row.target.terms.indicator.clone()?;
    Some(SeriesKey::new(indicator, row.target.area))
}

fn one(ctx: &Ctx, row: TargetRow, known: Known, thresholds: Thresholds) -> Assessed {
    let terms = &row.target.terms;
    let order = indicator_of(ctx, terms).map(|indicator| &indicator.series.prevailing);
    let (figures, values) = match order {
        Some(order) => {
            let stated = known.stated(order).into_iter().cloned();
            (stated.collect(), known.values(order))
        }
        None => (Vec::new(), Vec::new()),
    };
    let spec = spec(ctx, terms, &values);
    Assessed {
        assessment: target_status(&spec, &values, ctx.as_known.day, thresholds),
        known,
        figures,
        values,
        row,
    }
}

/// What terms ask for, given the figures from which a relative target counts.
pub fn spec(ctx: &Ctx, terms: &TargetTerms, values: &[(Period, Decimal)]) -> TargetSpec {
    let indicator = indicator_of(ctx, terms);
    let direction = indicator.map_or(Direction::HigherIsBetter, |i| i.value.direction);
    terms.spec(direction, baseline(terms, values))
}

/// What a target asks for, as the arithmetic takes it.
pub fn spec_of(ctx: &Ctx, one: &Assessed) -> TargetSpec {
    spec(ctx, &one.row.target.terms, &one.values)
}

/// Where a target that is relative starts: the figure of the last year its own words name.
fn baseline(terms: &TargetTerms, values: &[(Period, Decimal)]) -> Option<Baseline> {
    let written = terms.period.baseline.as_deref()?;
    let year = written
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse::<i16>().ok())
        .next_back()?;
    let value = values
        .iter()
        .find(|(period, _)| *period == Period::Year(year))
        .map(|(_, value)| *value)?;
    Some(Baseline { year, value })
}

/// How a target stands, by word, shape and colour.
pub fn status(status: TargetStatus, lang: Lang) -> Markup {
    crate::parts::status(class(status), status.shape(), status.label(lang))
}

/// The colour of a status, by its name in the style sheet.
pub fn class(status: TargetStatus) -> &'static str {
    match status {
        TargetStatus::Met => "good",
        TargetStatus::OnTrack => "info",
        TargetStatus::AtRisk => "warn",
        TargetStatus::OffTrack => "bad",
        TargetStatus::NoData | TargetStatus::NotYetMeasurable => "idle",
    }
}

/// The comparator as it is read before a value.
pub fn comparator_words(terms: &TargetTerms, lang: Lang) -> &'static str {
    match (terms.comparator, terms.strict) {
        (Some(Comparator::AtLeast), false) => "≥",
        (Some(Comparator::AtLeast), true) => ">",
        (Some(Comparator::AtMost), false) => "≤",
        (Some(Comparator::AtMost), true) => "<",
        (Some(Comparator::Equal), _) => "=",
        (Some(Comparator::About), _) => "≈",
        (Some(Comparator::Between), _) => lang.pick("từ", "from"),
        (Some(Comparator::MultiplyBy), _) => lang.pick("gấp", "multiplied by"),
        (Some(Comparator::IncreaseByPct | Comparator::IncreaseCount), _) => {
            if falls(terms) {
                lang.pick("giảm", "down by")
            } else {
                lang.pick("tăng", "up by")
            }
        }
        (None, _) => lang.pick("đạt", "reached"),
    }
}

/// Is it a change downwards? The reader writes "giảm 12%" as a rise of −12 %.
fn falls(terms: &TargetTerms) -> bool {
    let relative = matches!(
        terms.comparator,
        Some(Comparator::IncreaseByPct | Comparator::IncreaseCount)
    );
    relative && terms.value.is_some_and(|value| value.is_sign_negative())
}

/// What a target demands, in a few words: `≥ 30 %`, `từ 5 đến 10 %`, `gấp 1,5 lần`.
pub fn demand(ctx: &Ctx, terms: &TargetTerms) -> String {
    let lang = ctx.lang;
    let Some(value) = terms.value else {
        return ctx.t("đạt trạng thái", "state reached").into();
    };
    let value = if falls(terms) { value.abs() } else { value };
    let number = |value: Decimal| viet::number::format(value.normalize(), lang);
    let unit = unit_words(ctx, terms);
    let space = if unit.is_empty() || unit.starts_with('%') {
        ""
    } else {
        " "
    };
    let word = comparator_words(terms, lang);
    match terms.value_max {
        Some(high) => format!(
            "{word} {} {} {}{space}{unit}",
            number(value),
            ctx.t("đến", "to"),
            number(high)
        ),
        None => format!("{word} {}{space}{unit}", number(value)),
    }
}

/// The unit of a target's value: its own where the target is relative, else its indicator's.
pub fn unit_words<'a>(ctx: &'a Ctx, terms: &'a TargetTerms) -> &'a str {
    match terms.unit.as_deref() {
        Some("percent") => "%",
        Some("percent_per_year") => ctx.t("%/năm", "% a year"),
        Some("times") => ctx.t("lần", "times"),
        Some("rank") => ctx.t("(thứ hạng)", "(rank)"),
        Some("level_of_7") => ctx.t("/7 (cấp độ)", "/7 (level)"),
        Some("per_10k_people") => ctx.t("người/vạn dân", "per 10,000 people"),
        Some("count") => indicator_of(ctx, terms).map_or("", |i| i.value.unit.label(ctx.lang)),
        Some("billion_vnd") => ctx.t("tỷ đồng", "billion VND"),
        Some("million_vnd_per_person") => ctx.t("triệu đồng/người", "million VND per person"),
        _ => "",
    }
}

/// By when: `đến năm 2030`, `hằng năm`.
pub fn by_when(ctx: &Ctx, terms: &TargetTerms) -> String {
    match (terms.period.kind, terms.period.year) {
        (Some(PeriodKind::PerYear), Some(year)) => {
            format!("{} {year}", ctx.t("hằng năm, đến năm", "every year to"))
        }
        (Some(PeriodKind::PerYear), None) => ctx.t("hằng năm", "every year").into(),
        (_, Some(year)) => format!("{} {year}", ctx.t("đến năm", "by")),
        (_, None) => ctx.t("không nêu năm", "no year stated").into(),
    }
}
