//! What a value is checked against before it becomes a fact. Pure.
//!
//! A *fault* is refused: it cannot be true (a period in the future, a rank of 0). A *doubt* is asked
//! back: it may be true (outside the plausible range, a jump), and goes in once it is acknowledged with
//! a note. Thresholds stand in definitions or are handed in; none of them is law.

use access::{FieldFault, OrgId};
use activation::{Directory, Pinned};
use catalogue::{Indicator, Stage, Unit};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Calendar, Lang, Period, date};

use crate::duty::Duties;
use crate::parts::breakdown_fault;
use crate::{Doubt, Figure, Observation, SeriesKey, prevailing};

/// Part of the value of the period before by which a value may change without being asked back: one
/// half. Of our own choosing; a caller may hand in another.
pub const JUMP_SHARE: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

/// What values are checked against: the definitions in force.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// Indicators and areas, as they are activated.
    pub directory: &'a Directory,
    /// Change against the period before, as a part of its value, above which is asked back.
    pub jump_share: Decimal,
    /// Stages of which a figure of a batch needs a paper.
    pub evidence_stages: &'a [Stage],
    /// Who may report what; none where whoever speaks for an organisation may report anything.
    pub duties: Option<&'a Duties<'a>>,
}

impl<'a> Book<'a> {
    /// With the customary [`JUMP_SHARE`]; papers and duties are not asked for.
    pub fn new(directory: &'a Directory) -> Self {
        Self {
            directory,
            jump_share: JUMP_SHARE,
            evidence_stages: &[],
            duties: None,
        }
    }

    /// With the limits of the settings in force on a day; the customary one where they set none.
    pub fn on(directory: &'a Directory, day: Date) -> Self {
        let book = Self::new(directory);
        let settings = directory.settings(day);
        match settings.and_then(|pinned| pinned.definition.checks.as_ref()) {
            Some(checks) => Self {
                jump_share: checks.jump_share.value,
                evidence_stages: &checks.evidence_stages.value,
                ..book
            },
            None => book,
        }
    }

    /// The same, holding organisations to what they are asked for.
    pub fn with_duties(self, duties: &'a Duties<'a>) -> Self {
        Self {
            duties: Some(duties),
            ..self
        }
    }

    pub(crate) fn indicator(&self, key: &SeriesKey) -> Option<&'a Pinned<Indicator>> {
        self.directory.indicators().get(key.indicator.as_str())
    }

    /// What is wrong with an organisation reporting a series.
    pub(crate) fn duty_fault(&self, organisation: &OrgId, key: &SeriesKey) -> Option<FieldFault> {
        let duties = self.duties?;
        if key.breakdown.organisation().as_ref() == Some(organisation) {
            return None;
        }
        (!duties.may_report(organisation, key)).then(|| {
            FieldFault::new(
                "indicator",
                "Cơ quan không được giao báo cáo chỉ số này cho địa bàn này; gửi cho cơ quan được giao, hoặc bỏ dòng này.",
                "The organisation is not asked to report this indicator for this area; send it to the one that is, or leave the row out.",
            )
        })
    }
}

/// The doubts about a figure, given the observations of the same series that stand. Empty when the
/// indicator is not known: that is a fault.
pub fn doubts(
    key: &SeriesKey,
    figure: &Figure,
    standing: &[Observation],
    book: Book<'_>,
    today: Date,
) -> Vec<Doubt> {
    let Some(Pinned {
        definition: indicator,
        ..
    }) = book.indicator(key)
    else {
        return Vec::new();
    };
    let mut doubts = Vec::new();
    if let Some(range) = indicator.value.plausible.filter(|r| !r.holds(figure.value)) {
        doubts.push(Doubt::Implausible {
            min: range.min,
            max: range.max,
        });
    }
    doubts.extend(jump(indicator, figure, standing, book.jump_share));
    if figure.stage == Stage::Reported && !is_over(figure.period, today) {
        doubts.push(Doubt::PeriodRunning);
    }
    if let Some(computed) = recompute(&indicator.value.unit, figure)
        && !agrees(figure.value, computed)
    {
        doubts.push(Doubt::PartsDisagree {
            computed: computed.round_dp(6).normalize(),
        });
    }
    doubts
}

fn jump(
    indicator: &Indicator,
    figure: &Figure,
    standing: &[Observation],
    share: Decimal,
) -> Option<Doubt> {
    if matches!(
        indicator.value.unit,
        Unit::Rank | Unit::YesNo | Unit::LevelOf7
    ) {
        return None;
    }
    let period = figure.period.previous();
    let of_period = standing.iter().filter(|o| o.figure.period == period);
    let before = prevailing(of_period, &indicator.series.prevailing)?
        .figure
        .value;
    // Arithmetic that leaves the decimals' range is itself a jump.
    let far = match (
        figure.value.checked_sub(before),
        before.abs().checked_mul(share),
    ) {
        (Some(change), Some(allowed)) => change.abs() > allowed,
        _ => true,
    };
    (far && !before.is_zero()).then_some(Doubt::Jump {
        period,
        value: before,
    })
}

/// The value that numerator and denominator give, for units that are a quotient.
fn recompute(unit: &Unit, figure: &Figure) -> Option<Decimal> {
    figure
        .numerator?
        .checked_mul(parts_factor(unit)?)?
        .checked_div(figure.denominator?)
}

/// By how much a figure's numerator over its denominator is multiplied, for units that are a quotient.
pub(crate) fn parts_factor(unit: &Unit) -> Option<Decimal> {
    match unit {
        Unit::Percent => Some(Decimal::ONE_HUNDRED),
        Unit::Ratio | Unit::Times => Some(Decimal::ONE),
        Unit::Per10kPeople => Some(Decimal::from(10_000)),
        _ => None,
    }
}

/// Whether a value is what was computed, rounded to the decimals it was given with.
fn agrees(value: Decimal, computed: Decimal) -> bool {
    let last_place = Decimal::new(1, value.scale());
    value
        .checked_sub(computed)
        .is_some_and(|difference| difference.abs() <= last_place)
}

/// Whether a period is over by either calendar: the State's ends first.
fn is_over(period: Period, today: Date) -> bool {
    period
        .range(Calendar::State)
        .to()
        .is_some_and(|end| end <= today)
}

/// What is wrong with a figure whatever stood before.
pub(crate) fn faults(
    key: &SeriesKey,
    figure: &Figure,
    book: Book<'_>,
    today: Date,
) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    match book.indicator(key) {
        Some(pinned) => unit_faults(&pinned.definition.value.unit, figure.value, &mut faults),
        None => faults.push(FieldFault::new(
            "indicator",
            format!("Không có chỉ số «{}» trong danh mục.", key.indicator),
            format!(
                "There is no indicator “{}” in the catalogue.",
                key.indicator
            ),
        )),
    }
    if book.directory.areas().get(key.area).is_none() {
        faults.push(FieldFault::new(
            "area",
            format!("Không có địa bàn «{}» trong danh mục.", key.area),
            format!("There is no area “{}” in the catalogue.", key.area),
        ));
    }
    faults.extend(breakdown_fault(key, book));
    time_faults(figure, today, &mut faults);
    source_faults(figure, &mut faults);
    part_faults(figure, &mut faults);
    faults
}

/// What a unit itself excludes.
fn unit_faults(unit: &Unit, value: Decimal, faults: &mut Vec<FieldFault>) {
    let whole = value.fract().is_zero();
    let (good, vi, en) = match unit {
        Unit::Count(_) => (
            whole && !value.is_sign_negative(),
            "Số lượng là số nguyên không âm.",
            "A count is a whole number, not below zero.",
        ),
        Unit::Rank => (
            whole && value >= Decimal::ONE,
            "Thứ hạng là số nguyên từ 1.",
            "A rank is a whole number from 1.",
        ),
        Unit::LevelOf7 => (
            whole && (Decimal::ZERO..=Decimal::from(7)).contains(&value),
            "Cấp độ là số nguyên từ 0 đến 7.",
            "A level is a whole number from 0 to 7.",
        ),
        Unit::Points => (
            (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&value),
            "Điểm nằm trong khoảng 0 đến 100.",
            "Points lie between 0 and 100.",
        ),
        Unit::YesNo => (
            value.is_zero() || value == Decimal::ONE,
            "Chỉ nhận 1 (có) hoặc 0 (không).",
            "Only 1 (yes) or 0 (no).",
        ),
        Unit::Times | Unit::Per10kPeople => (
            !value.is_sign_negative() || value.is_zero(),
            "Giá trị không được âm.",
            "The value cannot be negative.",
        ),
        Unit::Percent
        | Unit::PercentPerYear
        | Unit::Ratio
        | Unit::Index
        | Unit::BillionVnd
        | Unit::MillionVndPerPerson => return,
    };
    if !good {
        faults.push(FieldFault::new("value", vi, en));
    }
}

fn time_faults(figure: &Figure, today: Date, faults: &mut Vec<FieldFault>) {
    let range = figure.period.range(Calendar::State);
    if range.from() > today {
        faults.push(FieldFault::new(
            "period",
            format!(
                "Kỳ số liệu ({}) chưa bắt đầu.",
                figure.period.label(Lang::Vi)
            ),
            format!(
                "The period ({}) has not begun.",
                figure.period.label(Lang::En)
            ),
        ));
    }
    let settled = matches!(figure.stage, Stage::Preliminary | Stage::Official);
    if figure.vintage > today {
        faults.push(FieldFault::new(
            "vintage",
            format!(
                "Ngày công bố ở sau hôm nay ({}).",
                date::format(today, Lang::Vi)
            ),
            format!(
                "The day of publication lies after today ({}).",
                date::format(today, Lang::En)
            ),
        ));
    } else if figure.vintage < range.from() {
        faults.push(FieldFault::new(
            "vintage",
            "Ngày công bố ở trước khi kỳ số liệu bắt đầu.",
            "The day of publication lies before the period begins.",
        ));
    } else if settled && !is_over(figure.period, figure.vintage) {
        faults.push(FieldFault::new(
            "vintage",
            "Số liệu sơ bộ hoặc chính thức không thể công bố trước khi kỳ kết thúc; hãy chọn loại «ước thực hiện».",
            "Preliminary and official figures are not published before the period is over; choose “estimated”.",
        ));
    }
}

fn source_faults(figure: &Figure, faults: &mut Vec<FieldFault>) {
    if figure.source.trim().is_empty() {
        faults.push(FieldFault::new(
            "source",
            "Hãy ghi nguồn số liệu: văn bản, niên giám, hệ thống hoặc biểu báo cáo.",
            "Name the source: document, yearbook, system or reporting form.",
        ));
    }
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if figure.source_url.as_ref().is_some_and(|url| !web(url)) {
        faults.push(FieldFault::new(
            "source_url",
            "Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            "An address begins with https:// or http://.",
        ));
    }
}

fn part_faults(figure: &Figure, faults: &mut Vec<FieldFault>) {
    let missing = match (figure.numerator, figure.denominator) {
        (Some(_), None) => "denominator",
        (None, Some(_)) => "numerator",
        (Some(_), Some(denominator)) if denominator.is_zero() => {
            faults.push(FieldFault::new(
                "denominator",
                "Mẫu số phải khác 0.",
                "The denominator cannot be 0.",
            ));
            return;
        }
        _ => return,
    };
    faults.push(FieldFault::new(
        missing,
        "Tử số và mẫu số phải ghi cùng nhau.",
        "Numerator and denominator go together.",
    ));
}

/// The faults left over by doubts: each not acknowledged, or the note that acknowledging needs.
pub(crate) fn unanswered(
    doubts: &[Doubt],
    acknowledged: bool,
    note: Option<&str>,
) -> Vec<FieldFault> {
    if doubts.is_empty() {
        return Vec::new();
    }
    if !acknowledged {
        return doubts
            .iter()
            .map(|doubt| {
                let say = doubt.say();
                FieldFault::new(
                    "acknowledge",
                    format!(
                        "{} Hãy kiểm tra lại; nếu đúng, đánh dấu xác nhận và ghi chú lý do.",
                        say.vi
                    ),
                    format!(
                        "{} Check it; if it is right, acknowledge and note why.",
                        say.en
                    ),
                )
            })
            .collect();
    }
    missing_note(note)
}

/// Setting a doubt aside takes a note that says why.
pub(crate) fn missing_note(note: Option<&str>) -> Vec<FieldFault> {
    if note.is_some_and(|note| !note.trim().is_empty()) {
        return Vec::new();
    }
    vec![FieldFault::new(
        "note",
        "Số liệu khác thường đã được xác nhận cần có ghi chú lý do.",
        "An unusual figure that is acknowledged needs a note that says why.",
    )]
}
