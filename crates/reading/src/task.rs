//! Things to be done: leaf bullets of the tasks part, actions in running text.

use crate::agency;
use crate::sentence::{Segment, commas, segments};
use crate::target::{Draft, tight};
use crate::text::{Extent, Text};
use crate::token::{Phrases, Token};
use crate::words::{Words, words};

/// What a line under a task says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Detail {
    Lead(String),
    Deadline(String),
    Other,
}

/// Heads behind which the leading agency stands.
static LEAD: Words = Words::new(&[
    "cơ quan chủ trì",
    "đơn vị chủ trì",
    "chủ trì thực hiện",
    "cơ quan thực hiện",
    "đơn vị thực hiện",
    "cơ quan tham mưu",
    "chủ trì",
    "cơ quan chủ trì thực hiện",
    "đơn vị chủ trì thực hiện",
]);

/// Reads "Cơ quan chủ trì: …", "Thời gian thực hiện: …".
pub(crate) fn detail(text: &Text, tokens: &[Token]) -> Option<Detail> {
    static TIME: Words = Words::new(&[
        "thời gian thực hiện",
        "thời gian hoàn thành",
        "thời gian",
        "thời hạn",
        "thời hạn hoàn thành",
        "tiến độ",
    ]);
    static OTHER: Words = Words::new(&[
        "cơ quan phối hợp",
        "đơn vị phối hợp",
        "phối hợp",
        "kinh phí",
        "kinh phí thực hiện",
        "nguồn kinh phí",
        "sản phẩm",
        "kết quả",
        "phối hợp thực hiện",
    ]);
    let rest = |words: &Words| {
        let at = tokens.longest(0, words)?;
        tokens.mark(at, ':').then(|| {
            tokens
                .extent(at + 1, tokens.len())
                .map_or_else(String::new, |e| text.line(e))
        })
    };
    let clean = |s: String| s.trim_end_matches(['.', ';', ' ']).to_owned();
    rest(&LEAD)
        .map(|s| Detail::Lead(clean(s)))
        .or_else(|| rest(&TIME).map(|s| Detail::Deadline(clean(s))))
        .or_else(|| rest(&OTHER).map(|_| Detail::Other))
}

/// The deadline said in a task, as written: "trong năm 2026", "trước ngày 30/6/2026".
pub(crate) fn deadline(text: &Text, tokens: &[Token], from: usize, to: usize) -> Option<String> {
    let headed = tokens.find(
        from,
        to,
        words![
            "thời gian thực hiện",
            "thời gian hoàn thành",
            "thời hạn hoàn thành",
        ],
    );
    if let Some(colon) = headed.and_then(|at| (at..(at + 6).min(to)).find(|i| tokens.mark(*i, ':')))
    {
        let end = (colon..to)
            .find(|i| matches!(tokens[*i].mark(), Some('.' | ';')))
            .unwrap_or(to);
        return tokens.extent(colon + 1, end).map(|at| text.line(at));
    }
    let moment = crate::period::moments(&tokens[from..to])
        .into_iter()
        .find(|m| {
            matches!(
                m.used,
                crate::period::Use::Deadline | crate::period::Use::During
            )
        })?;
    let at = tokens.extent(from + moment.from, from + moment.to)?;
    Some(text.line(at))
}

/// "Cơ quan chủ trì: Sở Y tế" or "(Sở Y tế chủ trì)" inside an item: who leads, as written.
pub(crate) fn named_inside(
    text: &Text,
    tokens: &[Token],
    from: usize,
    to: usize,
) -> Option<String> {
    let told = (from..to).find_map(|i| {
        let colon = tokens
            .longest(i, &LEAD)
            .filter(|end| tokens.mark(*end, ':'))?;
        let end = (colon + 1..to)
            .find(|i| {
                matches!(tokens[*i].mark(), Some('.' | ';' | ')'))
                    || tokens.mark(*i, ',') && tokens.word(i + 1, &["phối"])
            })
            .unwrap_or(to);
        tokens.extent(colon + 1, end)
    });
    let closed = || {
        let open = (from..to).find(|i| {
            tokens.mark(*i, '(') && crate::agency::names(&tokens[(*i + 1).min(to)..to])
        })?;
        let verb = tokens.find(
            open,
            to.min(open + 24),
            words!["chủ trì", "thực hiện", "phụ trách"],
        )?;
        let inside = tokens[open..verb].iter().all(|t| t.mark() != Some(')'));
        tokens.extent(open + 1, verb).filter(|_| inside)
    };
    told.or_else(closed).map(|at| text.line(at))
}

/// The agency a task begins with, or names inside.
pub(crate) fn lead(text: &Text, tokens: &[Token], from: usize, to: usize) -> Option<String> {
    if let Some(name) = named_inside(text, tokens, from, to) {
        return Some(name);
    }
    let found = agency::agency(tokens, from, to)?;
    let name = crate::assignment::agency_name(text, tokens, found);
    (found.duty < to && name.chars().next().is_some_and(char::is_uppercase)).then_some(name)
}

/// Verbs with which an action is told.
static ACTIONS: Words = Words::new(&[
    "xây dựng",
    "triển khai",
    "tổ chức",
    "tăng cường",
    "đẩy mạnh",
    "khuyến khích",
    "nâng cấp",
    "nâng cao",
    "duy trì",
    "đưa",
    "thực hiện",
    "hoàn thiện",
    "hoàn thành",
    "phát triển",
    "phát huy",
    "rà soát",
    "tham mưu",
    "nghiên cứu",
    "hỗ trợ",
    "hợp tác",
    "sản xuất",
    "tìm kiếm",
    "mở",
    "lồng ghép",
    "chỉ đạo",
    "bảo đảm",
    "đảm bảo",
    "ưu tiên",
    "bố trí",
    "kiểm tra",
    "giám sát",
    "phối hợp",
    "trình",
    "lựa chọn",
    "tiếp tục",
    "định kỳ",
    "sắp xếp",
    "đơn giản hóa",
    "đổi mới",
    "chú trọng",
    "tập trung",
    "thúc đẩy",
    "thu hút",
    "huy động",
    "hình thành",
    "thành lập",
    "ban hành",
    "đào tạo",
    "bồi dưỡng",
    "ứng dụng",
    "chuyển giao",
    "cải thiện",
    "số hóa",
    "kết nối",
    "tuyên truyền",
    "phổ biến",
    "hướng dẫn",
    "quan tâm",
    "tạo",
    "mở rộng",
    "củng cố",
    "kiện toàn",
    "đầu tư",
    "quán triệt",
    "khai thác",
    "chủ động",
    "kêu gọi",
    "gắn kết",
    "vận động",
    "tôn vinh",
    "khen thưởng",
    "tiến hành",
]);

/// Beginnings of a told action that are not of it.
static CONNECTORS: Words = Words::new(&[
    "đồng thời",
    "bên cạnh đó",
    "cùng với đó",
    "hiện nay",
    "mới đây",
    "ngoài ra",
    "theo đó",
    "theo kế hoạch",
    "trong thời gian tới",
    "thời gian tới",
    "trong đó",
    "cần",
    "tỉnh sẽ",
    "sẽ",
    "tỉnh",
    "cũng theo kế hoạch",
    "đặc biệt",
    "nhất là",
    "trước hết",
    "song song đó",
    "tiếp đó",
    "sau đó",
    "vì vậy",
    "do đó",
    "mặt khác",
    "qua đó",
    "cùng đó",
    "thứ nhất",
    "thứ hai",
    "thứ ba",
    "cụ thể",
    "phải",
    "theo nghị quyết",
]);

/// Actions told in a paragraph of running text.
pub(crate) fn told(tokens: &[Token], targets: &[Draft]) -> Vec<Extent> {
    let mut out: Vec<Extent> = Vec::new();
    let mut aimed = None;
    for part in actions(tokens, &segments(tokens)) {
        if tokens
            .find(part.from, part.to, words!["phấn đấu"])
            .is_some()
            && part.stop == ';'
        {
            aimed = Some(part.sentence);
        }
        // What stands in one sentence with an aim is an aim.
        if aimed == Some(part.sentence) {
            continue;
        }
        let from = after_connectors(tokens, part.from, part.to);
        let to = before_target(tokens, from, part.to, targets);
        if to <= from + 2 || !is_action(tokens, from, to) {
            continue;
        }
        out.extend(tight(tokens, from, to));
    }
    out
}

/// Whether a paragraph begins with an action or with a share of something: it can go on with aims.
pub(crate) fn begins_action(tokens: &[Token]) -> bool {
    let first = segments(tokens).into_iter().next();
    first.is_some_and(|part| {
        let from = after_connectors(tokens, part.from, part.to);
        tokens.longest(from, &ACTIONS).is_some()
            || tokens.get(from).is_some_and(|t| t.number().is_some()) && tokens.mark(from + 1, '%')
    })
}

/// Segments joined to actions: a list after a colon is one, a bare noun after a semicolon goes on.
fn actions(tokens: &[Token], parts: &[Segment]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for part in parts {
        let goes_on = out.last().is_some_and(|last| {
            let same = last.sentence == part.sentence;
            let list =
                last.stop == ':' && tokens.word(last.to.wrapping_sub(1), &["như", "sau", "gồm"]);
            same && (list
                || last.listed && part.listed && last.stop == ';'
                || last.stop == ';' && is_name(tokens, part))
        });
        match out.last_mut() {
            Some(last) if goes_on => {
                last.to = part.to;
                last.stop = part.stop;
                last.listed = part.listed;
            }
            _ => out.push(Segment {
                listed: false,
                ..*part
            }),
        }
    }
    out.into_iter()
        .flat_map(|part| turned(tokens, part))
        .collect()
}

/// A bare name goes on with the verb before it.
fn is_name(tokens: &[Token], part: &Segment) -> bool {
    let verb = commas(tokens, part.from, part.to)
        .first()
        .copied()
        .unwrap_or(part.to);
    let named = tokens.get(part.from).is_some_and(|t| t.capital)
        && tokens.longest(part.from, &ACTIONS).is_none();
    named
        && verb - part.from <= 14
        && tokens
            .find(part.from, verb, words!["đã", "sẽ", "phải"])
            .is_none()
        || tokens
            .longest(part.from, words!["an ninh", "an toàn"])
            .is_some()
}

/// "…, đưa trung tâm vào hoạt động": a new action behind a comma, with a verb of finishing.
fn turned(tokens: &[Token], part: Segment) -> Vec<Segment> {
    let turn = commas(tokens, part.from, part.to)
        .into_iter()
        .find(|c| tokens.longest(c + 1, words!["đưa"]).is_some() && *c > part.from + 4);
    match turn {
        Some(c) => vec![
            Segment { to: c, ..part },
            Segment {
                from: c + 1,
                ..part
            },
        ],
        None => vec![part],
    }
}

/// Behind "Đồng thời,", "Ngày 13/10,", "Ông A cho biết,".
fn after_connectors(tokens: &[Token], from: usize, to: usize) -> usize {
    let mut at = from;
    if let Some(said) = tokens.find(
        from,
        to.min(from + 40),
        words!["cho biết", "nhấn mạnh", "khẳng định"],
    ) {
        at = said + 2;
        if tokens.word(at, &["thêm", "rõ"]) {
            at += 1;
        }
    }
    loop {
        if tokens.mark(at, ',') || tokens.mark(at, ':') || tokens.mark(at, '"') {
            at += 1;
        } else if let Some(end) = tokens.longest(at, &CONNECTORS) {
            let paper = tokens.word(at, &["theo", "cũng"]) && !tokens.word(at + 1, &["đó"]);
            let enough = end < to
                && (!paper || tokens.mark(end, ','))
                && (tokens.mark(end, ',')
                    || !tokens.word(at, &["tỉnh"])
                    || tokens.longest(end, &ACTIONS).is_some());
            if !enough {
                return at;
            }
            at = end;
        } else if tokens.word(at, &["ngày", "để"]) && at < from + 2 {
            let comma = commas(tokens, at, to.min(at + 14)).first().copied();
            match comma {
                Some(comma) => at = comma + 1,
                None => return at,
            }
        } else {
            return at;
        }
    }
}

/// A target inside an action that begins behind a comma is not of it.
fn before_target(tokens: &[Token], from: usize, to: usize, targets: &[Draft]) -> usize {
    let inner = targets
        .iter()
        .filter_map(|t| {
            (from..to).find(|i| tokens[*i].at.start >= t.at.start && tokens[*i].at.end <= t.at.end)
        })
        .filter(|i| *i > from + 4)
        .find(|i| tokens.mark(i - 1, ',') && tokens.word(*i, &["số", "tỷ", "tỉ", "ít"]));
    inner.map_or(to, |i| i - 1)
}

fn is_action(tokens: &[Token], from: usize, to: usize) -> bool {
    if tokens.longest(from, &ACTIONS).is_some() {
        // "Phát triển … là yêu cầu", "… giúp người dân": told of, not ordered.
        return tokens
            .find(
                from,
                to.min(from + 18),
                words!["là yêu cầu", "là nhiệm vụ", "là một", "giúp", "là xu"],
            )
            .is_none();
    }
    let share = tokens[from].number().is_some() && tokens.mark(from + 1, '%');
    let subject = tokens[from].capital && from + 4 < to;
    let ordered = tokens.find(
        from,
        to.min(from + 26),
        words![
            "đã ban hành",
            "đã giao",
            "chỉ đạo",
            "đã tham mưu",
            "cơ bản đã",
            "đã hoàn thành",
            "đã thành lập",
        ],
    );
    share || subject && ordered.is_some_and(|o| commas(tokens, from, o).is_empty())
}
