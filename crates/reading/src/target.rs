//! Targets with a number.

use crate::aim;
use crate::clause::{self, Clause};
use crate::model::{Comparator, PeriodKind, PeriodSource, TargetPeriod};
use crate::outline::Place;
use crate::period::{self, Moment, Use};
use crate::quantity::{self, Bound, Change, Quantity};
use crate::sentence::{self, Segment};
use crate::text::Extent;
use crate::token::{Phrases, Token};
use crate::unit::Unit;
use crate::words::words;
use crate::zone::Zone;
use rust_decimal::Decimal;

/// A target before it gets its id, section and indicator.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub at: Extent,
    pub value_at: Option<Extent>,
    pub comparator: Option<Comparator>,
    pub strict: bool,
    pub value: Option<Decimal>,
    pub value_max: Option<Decimal>,
    pub unit: Option<Unit>,
    pub growth: bool,
    pub period: TargetPeriod,
    /// Who is answerable, where a table or the item says so.
    pub lead: Option<String>,
}

/// What is known where a block stands.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub zone: Zone,
    /// Year of a heading or an introducing line.
    pub year: Option<i16>,
    /// Year said in the text before, where no heading sets one.
    pub carried: Option<i16>,
    /// Running text: an aim must be told as one.
    pub news: bool,
    /// The text before announced aims that this block goes on with.
    pub aiming: bool,
    /// The year of the document, to tell results from aims.
    pub written: Option<i16>,
}

impl Setting {
    pub fn of(place: &Place, news: bool, written: Option<i16>) -> Self {
        Self {
            zone: place.zone,
            year: place.intro_year.or(place.year),
            carried: None,
            news,
            aiming: false,
            written,
        }
    }

    /// Whether what stands here is set out as aims.
    pub fn is_goal(&self) -> bool {
        matches!(self.zone, Zone::Goal | Zone::General) || self.aiming
    }
}

/// The years of a segment and the year that the text before it in the same block has set.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    pub segment: Segment,
    pub moments: Vec<Moment>,
    /// What the text before has said.
    pub led: Option<Led>,
    /// The year this segment sets for those behind it.
    pub leads: Option<i16>,
    /// An aim was announced before in the same sentence.
    pub aimed: bool,
    pub quantities: Vec<Quantity>,
}

/// A year that sentences before have set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Led {
    pub year: i16,
    /// The sentence it was said in.
    pub sentence: usize,
    /// It is one of several years said there: a heading says better which one holds.
    pub split: bool,
}

/// Segments of a block with their years and quantities.
pub(crate) fn timed(tokens: &[Token]) -> Vec<Timed> {
    let moments = period::moments(tokens);
    let quantities = quantity::quantities(tokens);
    let (mut led, mut trailing) = (None, None);
    let mut announced: Option<usize> = None;
    let mut out = Vec::new();
    for segment in sentence::segments(tokens) {
        let inside = segment.from..segment.to;
        let moments = within(&moments, &inside, |m| m.from);
        let quantities = within(&quantities, &inside, |q| q.number);
        let within_part = tokens.longest(segment.from, words!["trong đó"]).is_some();
        let before = if within_part { trailing.or(led) } else { led };
        let leading = leading(&moments, &quantities, segment);
        if let Some((year, split)) = leading {
            led = Some(Led {
                year,
                sentence: segment.sentence,
                split,
            });
        }
        trailing = moments.iter().rfind(|m| m.is_deadline()).map(|m| Led {
            year: m.year,
            sentence: segment.sentence,
            split: false,
        });
        let leads = leading.map(|(year, _)| year);
        out.push(Timed {
            segment,
            moments,
            led: before,
            leads,
            aimed: announced == Some(segment.sentence),
            quantities,
        });
        if tokens
            .find(
                segment.from,
                segment.to,
                words!["phấn đấu", "mục tiêu", "chỉ tiêu"],
            )
            .is_some()
        {
            announced = Some(segment.sentence);
        }
    }
    out
}

/// The year a segment leads in with, and whether it says several: one before its numbers, near its
/// beginning or told as a deadline.
fn leading(moments: &[Moment], quantities: &[Quantity], segment: Segment) -> Option<(i16, bool)> {
    let deadlines = || moments.iter().filter(|m| m.is_deadline());
    let first = deadlines()
        .filter(|m| quantities.first().is_none_or(|q| m.from < q.number))
        .find(|m| {
            quantities.is_empty() || m.from <= segment.from + 14 || m.used == Use::Deadline
        })?;
    let last = deadlines()
        .rfind(|m| quantities.iter().any(|q| m.from < q.number))
        .unwrap_or(first);
    Some((last.year, last.year != first.year))
}

/// "Cấp xã: 80%": a bare value begins with the name before the colon.
fn named_from(before: &Timed, part: &Timed) -> usize {
    let (name, value) = (before.segment, part.segment);
    // What is nothing but a value can have a long name.
    let longest = if value.to - value.from <= 8 { 40 } else { 12 };
    let names =
        name.stop == ':' && name.sentence == value.sentence && name.to - name.from <= longest;
    if names && before.quantities.is_empty() {
        name.from
    } else {
        value.from
    }
}

/// Those of an ordered list whose place lies inside.
fn within<T: Clone>(
    all: &[T],
    inside: &std::ops::Range<usize>,
    place: impl Fn(&T) -> usize,
) -> Vec<T> {
    let from = all.partition_point(|x| place(x) < inside.start);
    let to = all.partition_point(|x| place(x) < inside.end);
    all[from..to.max(from)].to_vec()
}

/// Targets with a number in one block.
pub(crate) fn targets(tokens: &[Token], parts: &[Timed], setting: &Setting) -> Vec<Draft> {
    let mut out = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let segment = part.segment;
        let open = part.quantities.iter().any(|q| !q.in_parens);
        let accepted: Vec<Quantity> = part
            .quantities
            .iter()
            .filter(|q| {
                (open && !q.in_parens || !open && q.bound.is_some())
                    && aim::accepts(tokens, part, q, setting)
            })
            .cloned()
            .collect();
        let in_task = !setting.is_goal();
        let respective = respective(tokens, part, accepted.len());
        let mut found = clause::clauses(tokens, segment.from, segment.to, &accepted, in_task);
        share(&mut found, part, finished(tokens, parts, i));
        for mut clause in found {
            if clause.from == segment.from && clause.quantity.number <= segment.from + 3 {
                clause.from = i
                    .checked_sub(1)
                    .map_or(clause.from, |p| named_from(&parts[p], part));
            }
            if let Some(place) = accepted
                .iter()
                .position(|q| respective && q.number == clause.quantity.number)
            {
                // All of it says each of the values.
                clause.pair = Some(place);
                (clause.from, clause.to) = (segment.from, segment.to);
            }
            out.extend(draft(tokens, &clause, part, setting));
        }
    }
    out
}

/// "có 10 xã, 20 trường đạt chuẩn vào năm 2027": the year behind a list holds for all that it lists, and
/// what comes after ("; hoàn thành trước tháng 10/2027") for what has no year of its own.
fn share(clauses: &mut [Clause], part: &Timed, finished: Option<i16>) {
    let mut behind = finished;
    for clause in clauses.iter_mut().rev() {
        let own = part
            .moments
            .iter()
            .find(|m| m.is_deadline() && m.from >= clause.from && m.to <= clause.to);
        match own {
            Some(m) if m.from > clause.quantity.number => behind = Some(m.year),
            Some(_) => behind = None,
            None => clause.shared = behind,
        }
        let bare = clause.quantity.from <= clause.from + 1 && clause.quantity.bound.is_none();
        if !bare || clause.quantity.stated {
            behind = None;
        }
    }
}

/// "…; hoàn thành trước tháng 10/2027": a year in the next part that only says when.
fn finished(tokens: &[Token], parts: &[Timed], i: usize) -> Option<i16> {
    let next = parts.get(i + 1)?;
    let from = next.segment.from;
    let ends = tokens
        .longest(
            from,
            words![
                "hoàn thành",
                "xong",
                "thời gian",
                "thời hạn",
                "chậm nhất",
                "hoàn thành trước",
            ],
        )
        .is_some();
    let brief = next.quantities.is_empty() && next.segment.to - from <= 12;
    let moment = next
        .moments
        .iter()
        .find(|m| m.is_deadline() && ends && brief)?;
    Some(moment.year)
}

/// "Đến năm 2026 và 2030, … lần lượt đạt 20% và 30%": the years belong to the values in their order.
fn respective(tokens: &[Token], part: &Timed, values: usize) -> bool {
    let Segment { from, to, .. } = part.segment;
    let said = tokens
        .find(from, to, words!["lần lượt", "tương ứng"])
        .is_some();
    let years = part.moments.iter().filter(|m| m.is_deadline()).count();
    said && values > 1 && years == values
}

fn draft(tokens: &[Token], clause: &Clause, part: &Timed, setting: &Setting) -> Option<Draft> {
    let q = &clause.quantity;
    let at = tight(tokens, clause.from, clause.to)?;
    let value_at = tokens.extent(q.number, q.unit_end.max(q.number + 1))?;
    let per_year = q.per_year || yearly(tokens, clause);
    let (comparator, growth) = comparator(tokens, q, per_year);
    let sign = if q.change == Some(Change::Down)
        && matches!(
            comparator,
            Comparator::IncreaseByPct | Comparator::IncreaseCount
        ) {
        Decimal::NEGATIVE_ONE
    } else {
        Decimal::ONE
    };
    let mut period = period_of(clause, part, setting, per_year);
    period.baseline = baseline(tokens, q.to, part.segment.to);
    Some(Draft {
        at: Extent::new(at.start.min(value_at.start), at.end.max(value_at.end)),
        value_at: Some(value_at),
        comparator: Some(comparator),
        strict: matches!(q.bound, Some(Bound::MoreThan | Bound::LessThan)),
        value: Some(q.value * sign),
        value_max: q.value_max.map(|v| v * sign),
        unit: Some(q.unit.clone()),
        growth: growth && per_year,
        period,
        lead: None,
    })
}

/// The clause without punctuation and joining words at its ends.
pub(crate) fn tight(tokens: &[Token], from: usize, to: usize) -> Option<Extent> {
    let (mut from, mut to) = (from, to.min(tokens.len()));
    while from < to
        && (matches!(
            tokens[from].mark(),
            Some(',' | ';' | ':' | '.' | '-' | '+' | '"')
        ) || tokens.word(from, &["và"]))
    {
        from += 1;
    }
    while to > from
        && (matches!(
            tokens[to - 1].mark(),
            Some(',' | ';' | ':' | '.' | '-' | '…' | '"')
        ) || tokens.word(to - 1, &["và"]))
    {
        to -= 1;
    }
    if to > from + 2 && tokens.phrase_back(to, "trong đó").is_some() {
        return tight(tokens, from, to - 2);
    }
    tokens.extent(from, to)
}

fn yearly(tokens: &[Token], clause: &Clause) -> bool {
    let (from, to) = (clause.quantity.to, clause.to.min(tokens.len()));
    // "15 doanh nghiệp khởi nghiệp/năm"
    let each = (from..to).any(|i| tokens.mark(i, '/') && tokens.word(i + 1, &["năm"]));
    each || tokens
        .find(
            clause.from,
            clause.to,
            words!["hằng năm", "hàng năm", "mỗi năm", "một năm", "từng năm"],
        )
        .is_some()
}

/// How the value is meant, and whether it is a growth.
fn comparator(tokens: &[Token], q: &Quantity, per_year: bool) -> (Comparator, bool) {
    if q.unit == Unit::Times {
        return (Comparator::MultiplyBy, false);
    }
    let moves = matches!(q.change, Some(Change::Up | Change::Down));
    if q.unit == Unit::Percent && moves && (!q.stated || per_year) {
        return (Comparator::IncreaseByPct, true);
    }
    if q.value_max.is_some() {
        return (Comparator::Between, false);
    }
    let grouped = q.unit == Unit::Rank
        && (q.from.saturating_sub(3)..q.number)
            .any(|i| tokens.word(i, &["nhóm", "top", "tốp", "trong", "thuộc"]));
    let comparator = match q.bound {
        Some(Bound::AtMost | Bound::LessThan) => Comparator::AtMost,
        Some(_) if q.unit == Unit::Rank => Comparator::AtMost,
        Some(Bound::AtLeast | Bound::MoreThan) => Comparator::AtLeast,
        Some(Bound::About) => Comparator::About,
        None if grouped => Comparator::AtMost,
        None if q.change.is_some() && !q.unit.is_measure() => Comparator::IncreaseCount,
        None => Comparator::Equal,
    };
    (comparator, false)
}

/// The deadline: behind the number, before it in the clause, led in by the sentences before, set by a
/// heading, carried over from the text before. A number hidden in a task has only its own.
fn period_of(clause: &Clause, part: &Timed, setting: &Setting, per_year: bool) -> TargetPeriod {
    let number = clause.quantity.number;
    let own = |m: &&Moment| {
        m.is_deadline() && m.from >= clause.from && m.to <= clause.to.max(clause.quantity.to)
    };
    let deadlines = || part.moments.iter().filter(|m| m.is_deadline());
    let paired = clause.pair.and_then(|k| deadlines().nth(k));
    let behind = paired.or_else(|| deadlines().filter(own).find(|m| m.from > number));
    let before = part.moments.iter().filter(own).rfind(|m| m.from < number);
    let earlier = part
        .moments
        .iter()
        .filter(|m| m.is_deadline())
        .rfind(|m| m.from < clause.from);
    let led = part
        .led
        .filter(|led| setting.is_goal() || led.sentence == part.segment.sentence)
        .filter(|led| !led.split || setting.year.is_none());
    // What holds from a year on is to be reached by it, unless that year has passed.
    let since = part
        .moments
        .iter()
        .filter(|m| m.used == Use::Since && m.from >= clause.from && m.to <= clause.to)
        .find(|m| match (setting.written, setting.year) {
            (Some(written), _) => m.year >= written,
            (None, Some(by)) => (by - 5..=by).contains(&m.year),
            (None, None) => false,
        });
    let (year, source) = if let Some(m) = behind.or(before).or(since).or(earlier) {
        (Some(m.year), PeriodSource::Explicit)
    } else if let Some(year) = clause.shared {
        (Some(year), PeriodSource::Explicit)
    } else if let Some(led) = led {
        let same = led.sentence == part.segment.sentence;
        (
            Some(led.year),
            if same {
                PeriodSource::Explicit
            } else {
                PeriodSource::PrecedingText
            },
        )
    } else if !setting.is_goal() && setting.zone != Zone::Open {
        (None, PeriodSource::None)
    } else if let Some(year) = setting.year {
        (Some(year), PeriodSource::Heading)
    } else if let Some(m) = deadlines().find(|m| m.from > number) {
        (Some(m.year), PeriodSource::Explicit)
    } else if let Some(year) = setting.carried {
        (Some(year), PeriodSource::PrecedingText)
    } else {
        (None, PeriodSource::None)
    };
    let kind = if per_year {
        Some(PeriodKind::PerYear)
    } else {
        year.map(|_| PeriodKind::ByYear)
    };
    TargetPeriod {
        kind,
        year,
        baseline: None,
        source,
    }
}

/// What the value is compared with, as written.
fn baseline(tokens: &[Token], from: usize, to: usize) -> Option<String> {
    let at = (from..(from + 6).min(to)).find_map(|i| tokens.phrase(i, "so với"))?;
    let end = (at..to.min(at + 10)).find(|i| {
        tokens[*i].mark().is_some_and(|c| c != '-' && c != '/') || tokens.word(*i, &["và"])
    });
    let words: Vec<&str> = tokens[at..end.unwrap_or(to.min(at + 10))]
        .iter()
        .map(|t| t.key)
        .collect();
    (!words.is_empty()).then(|| words.join(" ").replace(" - ", "-"))
}

/// Comparator, strictness and growth of a quantity that stands alone in a cell.
pub(crate) fn meant(tokens: &[Token], q: &Quantity) -> (Comparator, bool, bool) {
    let (comparator, growth) = comparator(tokens, q, q.per_year);
    (
        comparator,
        matches!(q.bound, Some(Bound::MoreThan | Bound::LessThan)),
        growth && q.per_year,
    )
}
