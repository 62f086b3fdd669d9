//! Aims without a number: a state that is reached or not.

use crate::model::{PeriodKind, PeriodSource, TargetPeriod};
use crate::period::Use;
use crate::sentence::{Segment, commas};
use crate::target::{Draft, Setting, Timed, tight};
use crate::text::Extent;
use crate::token::{Kind, Phrases, Token};
use crate::words::{Words, words};
use crate::zone::Zone;

/// Words of a state that can be checked.
static STRONG: Words = Words::new(&[
    "xếp mức",
    "đạt loại",
    "ngang mức",
    "ngang bằng",
    "tiệm cận",
    "cao hơn mức",
    "cao hơn bình quân",
    "trên mức trung bình",
    "trên môi trường số",
    "trên môi trường điện tử",
    "đạt mức",
    "đạt trình độ",
    "đạt",
    "trở thành",
    "thuộc nhóm",
    "nằm trong nhóm",
    "trong nhóm",
    "ngang tầm",
    "tương đương",
    "vào hoạt động",
    "vào vận hành",
    "đi vào",
    "vào sử dụng",
    "phủ sóng",
    "xếp loại",
    "xếp hạng",
    "được công nhận",
    "là trung tâm",
    "là một trong",
    "thành trung tâm",
    "là tỉnh",
    "bằng mức",
    "dẫn đầu",
    "không còn",
    "trong top",
    "là địa phương",
]);
/// Verbs of finishing, with which a state begins.
static FINISHING: Words = Words::new(&[
    "hình thành",
    "hoàn thành",
    "thành lập",
    "duy trì",
    "số hóa",
    "xây dựng",
    "đưa",
    "hỗ trợ hình thành",
    "kết nối",
    "ban hành",
    "triển khai",
    "cơ bản",
    "phủ sóng",
    "toàn bộ",
    "tất cả",
    "nâng cấp",
    "bảo đảm",
    "vận hành",
    "tổ chức",
]);
/// Beginnings of a mere direction.
static DIRECTIONS: Words = Words::new(&[
    "tăng cường",
    "đẩy mạnh",
    "khuyến khích",
    "phát triển",
    "quan tâm",
    "từng bước",
    "chú trọng",
    "nâng cao",
    "đổi mới",
    "tiếp tục",
    "thực hiện tốt",
    "tăng dần",
    "hoàn thiện",
    "khai thác",
    "tập trung",
    "thúc đẩy",
    "góp phần",
    "bảo đảm",
    "đảm bảo",
    "phát huy",
    "mở rộng",
    "huy động",
    "ưu tiên",
    "cải thiện",
    "tạo",
    "thu hút",
    "ứng dụng",
    "lấy",
    "xem",
    "coi",
]);

/// States set as aims in one block.
pub(crate) fn states(
    tokens: &[Token],
    parts: &[Timed],
    setting: &Setting,
    taken: &[Draft],
) -> Vec<Draft> {
    if !setting.is_goal() {
        return Vec::new();
    }
    let mut out: Vec<Draft> = Vec::new();
    // The sentence of the last state: a bare noun after a semicolon goes on with its verb.
    let mut open: Option<usize> = None;
    for part in parts {
        let segment = part.segment;
        // What a colon ends introduces aims.
        if segment.stop == ':' {
            continue;
        }
        let mut found = false;
        for (from, to) in pieces(tokens, segment.from, segment.to) {
            let Some(at) = tight(tokens, from, to) else {
                continue;
            };
            let numbered = taken.iter().any(|d| {
                d.value_at
                    .is_some_and(|v| at.contains(v) || at.touches(d.at))
            });
            // A figure that is no aim here makes no state either.
            let refused = part
                .quantities
                .iter()
                .any(|q| q.unit.is_measure() && (from..to).contains(&q.number));
            if refused && !numbered {
                continue;
            }
            let from = (from..to)
                .find(|i| tokens[*i].at.start >= at.start)
                .unwrap_or(from);
            let follows = open == Some(segment.sentence) && is_noun(tokens, from, to);
            if numbered || !(is_state(tokens, from, to) || follows) || to - from < 4 {
                continue;
            }
            let own = part
                .moments
                .iter()
                .rfind(|m| m.is_deadline() && m.from < to);
            let period = period_of(own.map(|m| m.year), part, setting);
            // A general objective is an aim only with a deadline of its own.
            let general =
                setting.zone == Zone::General && own.is_none_or(|m| m.used != Use::Deadline);
            if period.year.is_none() || general {
                continue;
            }
            found = true;
            out.push(reached(at, period));
        }
        open = found.then_some(segment.sentence);
    }
    out
}

/// A state reached or not.
pub(crate) fn reached(at: Extent, period: TargetPeriod) -> Draft {
    Draft {
        at,
        value_at: None,
        comparator: None,
        strict: false,
        value: None,
        value_max: None,
        unit: None,
        growth: false,
        period,
        lead: None,
    }
}

/// States told in news as plain sentences, not as aims: "Thành phố đưa khu công viên vào khai thác trong năm 2026".
/// What is finished there must be still to come, with a year of its own, and not told as done.
pub(crate) fn told(
    tokens: &[Token],
    parts: &[Timed],
    setting: &Setting,
    taken: &[Draft],
) -> Vec<Draft> {
    let Some(written) = setting.written.filter(|_| setting.zone == Zone::Open) else {
        return Vec::new();
    };
    let state = |part: &Timed| {
        let Segment { from, to, stop, .. } = part.segment;
        let year = part
            .moments
            .iter()
            .find(|m| match m.used {
                Use::Deadline => m.year >= written,
                Use::During => {
                    m.year > written || m.year == written && tokens.word(m.from, &["trong"])
                }
                _ => false,
            })?
            .year;
        let says = |words: &Words| tokens.find(from, to, words).is_some();
        let opened = says(words![
            "vào khai thác",
            "vào hoạt động",
            "vào vận hành",
            "vào sử dụng",
        ]);
        let ordered = says(words!["sẽ", "phấn đấu", "phải"])
            && says(words![
                "hoàn thành",
                "trở thành",
                "được công nhận",
                "thành lập"
            ]);
        let done = says(words!["đã", "vừa", "từng", "theo kế hoạch", "dự kiến"]);
        let counted = part.quantities.iter().any(|q| q.unit.is_measure());
        if !(opened || ordered) || done || counted || stop == ':' {
            return None;
        }
        let at = tight(tokens, from, to)?;
        let free = !taken.iter().any(|d| d.at.touches(at));
        let period = TargetPeriod {
            kind: Some(PeriodKind::ByYear),
            year: Some(year),
            baseline: None,
            source: PeriodSource::Explicit,
        };
        free.then(|| reached(at, period))
    };
    parts.iter().filter_map(state).collect()
}

/// A segment cut before commas behind which a state with a verb of its own begins.
fn pieces(tokens: &[Token], from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = from;
    for comma in commas(tokens, from, to) {
        let begins = tokens
            .longest(
                comma + 1,
                words![
                    "hình thành",
                    "hoàn thành",
                    "đưa",
                    "thành lập",
                    "trở thành",
                    "phủ sóng",
                    "duy trì",
                ],
            )
            .is_some();
        if begins && comma > start + 3 {
            out.push((start, comma));
            start = comma + 1;
        }
    }
    out.push((start, to));
    out
}

fn is_state(tokens: &[Token], from: usize, to: usize) -> bool {
    let from = after_time(tokens, from, to);
    let strong = tokens.find(from, to, &STRONG).is_some();
    let direction = tokens.longest(from, &DIRECTIONS).is_some();
    let finishing = tokens.longest(from, &FINISHING).is_some();
    let everywhere = tokens
        .find(
            from,
            to,
            words!["toàn tỉnh", "toàn quốc", "toàn bộ", "tất cả các"],
        )
        .is_some();
    let continued = tokens
        .longest(from, words!["huy động", "phát triển"])
        .is_some();
    match (strong, direction) {
        (true, true) => {
            continued
                || tokens
                    .find(from, to, words!["trở thành", "vào hoạt động"])
                    .is_some()
        }
        (true, false) => true,
        (false, true) => false,
        (false, false) => finishing || everywhere,
    }
}

/// Behind "phấn đấu", "đến năm 2030," at the beginning.
fn after_time(tokens: &[Token], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to {
        if let Some(end) = tokens.longest(
            at,
            words![
                "phấn đấu",
                "đến năm",
                "vào năm",
                "đến",
                "đồng thời",
                "cơ bản",
                "phấn đấu đến năm",
                "tỉnh",
                "trước",
                "trước ngày",
                "chậm nhất",
                "trong năm",
                "đến hết năm",
                "cũng trong năm",
            ],
        ) {
            at = end;
        } else if tokens.mark(at, ',')
            || tokens[at].number().is_some()
            || tokens[at].kind == Kind::Date
        {
            at += 1;
        } else {
            break;
        }
    }
    at.min(to.saturating_sub(1))
}

/// A name without a verb: it begins with a capital and is short.
fn is_noun(tokens: &[Token], from: usize, to: usize) -> bool {
    let doing =
        tokens.longest(from, &DIRECTIONS).is_some() || tokens.longest(from, &FINISHING).is_some();
    tokens.get(from).is_some_and(|t| t.capital) && !doing && to - from <= 16
}

fn period_of(own: Option<i16>, part: &Timed, setting: &Setting) -> TargetPeriod {
    let (year, source) = match (own, part.led, setting.year, setting.carried) {
        (Some(year), ..) => (Some(year), PeriodSource::Explicit),
        (_, Some(led), ..) if led.sentence == part.segment.sentence => {
            (Some(led.year), PeriodSource::Explicit)
        }
        (_, Some(led), year, _) if !led.split || year.is_none() => {
            (Some(led.year), PeriodSource::PrecedingText)
        }
        (_, _, Some(year), _) => (Some(year), PeriodSource::Heading),
        (.., Some(year)) => (Some(year), PeriodSource::PrecedingText),
        _ => (None, PeriodSource::None),
    };
    TargetPeriod {
        kind: year.map(|_| PeriodKind::ByYear),
        year,
        baseline: None,
        source,
    }
}
