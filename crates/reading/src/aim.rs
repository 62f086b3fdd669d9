//! Which quantities are aims: it depends on the part of the document and on how they are said.

use crate::period;
use crate::quantity::{Bound, Quantity};
use crate::target::{Setting, Timed};
use crate::token::{Phrases, Token};
use crate::unit::Unit;
use crate::words::{Words, words};
use crate::zone::Zone;

/// Whether a quantity is an aim here. Among specific objectives every one is, unless it says where or
/// with what; among tasks it must be said as one; of the past none is.
pub(crate) fn accepts(tokens: &[Token], part: &Timed, q: &Quantity, setting: &Setting) -> bool {
    let segment = part.segment;
    if is_past(tokens, part, q, setting) {
        return false;
    }
    // Where it is the only number, "tập huấn cho 500 cán bộ" is what is reached.
    let alone = setting.is_goal()
        && part.quantities.len() == 1
        && tokens.word(q.from.wrapping_sub(1), &["cho", "tại", "ở", "với"]);
    let placed = !alone
        && q.from > segment.from
        && q.bound.is_none()
        && !q.unit.is_measure()
        && tokens.word(
            q.from - 1,
            &[
                "tại", "ở", "với", "giữa", "theo", "của", "các", "từng", "qua", "bởi", "trong",
                "cho",
            ],
        );
    let said = q.bound.is_some() || q.change.is_some() || q.stated;
    let leads = q.from == segment.from
        || tokens.mark(q.from.wrapping_sub(1), ',')
        || tokens.word(q.from.wrapping_sub(1), &["và"]);
    let worked = tokens
        .longest_back(
            q.from,
            words![
                "phát triển",
                "đào tạo",
                "hỗ trợ",
                "hoàn thành",
                "tổ chức",
                "ươm tạo",
                "triển khai",
                "nhân rộng",
                "nhân rộng ra",
                "đầu tư",
                "chuyển giao",
                "cấp",
                "lắp đặt",
                "trang bị",
                "nâng cấp",
                "mở rộng",
                "bồi dưỡng",
            ],
        )
        .is_some();
    let reached = q.unit == Unit::Percent && tokens.word(q.from, &["đến", "tới"]);
    let near = q.from.saturating_sub(15).max(segment.from);
    let aimed = tokens
        .find(
            near,
            q.number,
            words!["phấn đấu", "bảo đảm", "đảm bảo", "mục tiêu"],
        )
        .is_some();
    let strong = match q.unit {
        Unit::Percent | Unit::Times | Unit::Rank | Unit::Rate(_) | Unit::Level(_) => {
            said || leads || aimed || reached
        }
        Unit::Index => said,
        // Money that is spent is a means.
        Unit::Money(_) => {
            let reached = words![
                "đạt",
                "thu hút",
                "huy động",
                "tăng",
                "doanh thu",
                "kim ngạch",
                "thu nhập",
            ];
            said && tokens.find(near, q.number, reached).is_some()
        }
        Unit::Count => said || worked || leads && goes_on(tokens, part, q),
    };
    // What a province adds to the aim of all is not its own.
    let contributes = matches!(setting.zone, Zone::General | Zone::Aim)
        && tokens
            .find(
                segment.from,
                q.number,
                words!["góp phần để", "góp phần cùng", "cùng cả nước"],
            )
            .is_some();
    if contributes {
        return false;
    }
    if setting.is_goal() {
        return !placed;
    }
    if is_support(tokens, q) || is_event(tokens, q) {
        return false;
    }
    match setting.zone {
        Zone::Past => false,
        Zone::Aim | Zone::Funding | Zone::Duty => {
            strong && !placed && q.bound.is_some() && q.unit.is_measure()
        }
        _ if setting.news => strong && !placed && aims(tokens, part, q, setting),
        _ => strong && !placed,
    }
}

/// "có 20.000 ha lúa, 6.000 ha thanh long": another number of the same things behind one that is said.
fn goes_on(tokens: &[Token], part: &Timed, q: &Quantity) -> bool {
    let before = part.quantities.iter().rfind(|p| p.to <= q.from);
    let thing = |q: &Quantity| {
        tokens
            .get(q.number + 1)
            .filter(|t| t.is_word())
            .map(|t| t.key)
    };
    before.is_some_and(|p| {
        p.unit == Unit::Count
            && q.number < p.number + 16
            && thing(p).is_some()
            && thing(p) == thing(q)
    })
}

/// How far back a word of aiming can bear on a number: keeps the reading linear in odd texts too.
const NEAR: usize = 80;

/// "hỗ trợ tối đa 50% chi phí": how much is paid, not what is reached.
fn is_support(tokens: &[Token], q: &Quantity) -> bool {
    let paid = tokens
        .longest(
            q.unit_end,
            words![
                "kinh phí",
                "chi phí",
                "tổng chi phí",
                "giá trị hợp đồng",
                "lãi suất",
                "mức lương",
                "lệ phí",
                "phí",
                "số thuế",
                "thuế",
                "tiền thuê",
            ],
        )
        .is_some();
    let segment = q.number.saturating_sub(24);
    let limited = matches!(q.bound, Some(Bound::AtMost))
        && matches!(q.unit, Unit::Money(_))
        && tokens
            .find(
                segment,
                q.number,
                words!["hỗ trợ", "trợ cấp", "mức chi", "cho vay", "vay"],
            )
            .is_some();
    if limited {
        return true;
    }
    let helped = tokens
        .find(
            q.from.saturating_sub(5),
            q.number,
            words!["hỗ trợ", "miễn", "giảm", "trợ cấp", "không quá", "tối đa"],
        )
        .is_some();
    q.unit == Unit::Percent && paid && helped
}

/// "tổ chức 02 hội nghị": something held, not something reached.
fn is_event(tokens: &[Token], q: &Quantity) -> bool {
    static EVENTS: Words = Words::new(&[
        "hội nghị",
        "hội thảo",
        "lớp",
        "cuộc",
        "buổi",
        "đợt",
        "lần",
        "tin",
        "bài",
        "chuyên mục",
        "phóng sự",
        "số",
        "kỳ",
        "chuyên đề",
    ]);
    q.unit == Unit::Count && tokens.longest(q.number + 1, &EVENTS).is_some()
}

/// In running text: a word of aiming, or an order, stands before the number.
fn aims(tokens: &[Token], part: &Timed, q: &Quantity, setting: &Setting) -> bool {
    let segment = part.segment;
    let near = q.number.saturating_sub(NEAR).max(segment.from);
    let aimed = tokens
        .find(
            near,
            q.number,
            words![
                "phấn đấu",
                "mục tiêu",
                "chỉ tiêu",
                "kế hoạch",
                "sẽ",
                "đặt ra",
                "yêu cầu",
                "nâng",
                "đến năm",
                "tới năm",
            ],
        )
        .is_some();
    let written = setting.written.unwrap_or(i16::MIN);
    // "trong năm 2026" of a text of that year or before it is still to come.
    let coming = |m: &period::Moment| {
        m.used == period::Use::During
            && (m.year > written && written > 0
                || m.year == written && tokens.word(m.from, &["trong"]))
    };
    let future = part
        .moments
        .iter()
        .any(|m| m.used == period::Use::Deadline || coming(m));
    let continued = part
        .led
        .is_some_and(|led| led.sentence == segment.sentence && led.year >= written);
    let ordered = q.unit.is_measure()
        && (near..q.number).any(|i| {
            tokens
                .longest(i, words!["bảo đảm", "đảm bảo", "bố trí", "dành"])
                .is_some()
                && (i == segment.from
                    || tokens.mark(i - 1, ',')
                    || tokens.word(
                        i - 1,
                        &[
                            "sẽ", "phải", "tỉnh", "phố", "huyện", "phương", "sách", "nghị", "cầu",
                            "đạo",
                        ],
                    ))
        });
    aimed
        && (future
            || part.led.is_some()
            || tokens.find(near, q.number, words!["phấn đấu"]).is_some())
        || future
        || continued
        || part.aimed && q.unit.is_measure()
        || ordered
}

/// "năm 2018 đạt 15%", "đã có 20 xã", "hiện có": told as done.
fn is_past(tokens: &[Token], part: &Timed, q: &Quantity, setting: &Setting) -> bool {
    let segment = part.segment;
    let window = q.number.saturating_sub(16).max(segment.from);
    let done = tokens
        .find(
            window,
            q.number,
            words![
                "đã",
                "hiện có",
                "hiện nay",
                "hiện đạt",
                "tính đến",
                "đến nay",
                "hiện tại",
                "hiện là",
                "hiện mới",
                "hiện chỉ",
                "hiện ở mức",
                "theo khảo sát",
                "qua khảo sát",
                "theo thống kê",
                "vừa qua",
            ],
        )
        .is_some()
        || tokens.word(segment.from, &["hiện"]) && q.number <= segment.from + 12
        || tokens
            .find(q.number, segment.to, words!["so với cùng kỳ", "so cùng kỳ"])
            .is_some();
    let near = q.number.saturating_sub(NEAR).max(segment.from);
    let aimed = tokens
        .find(near, q.number, words!["phấn đấu", "mục tiêu"])
        .is_some();
    // "vượt mục tiêu 35%", "đạt 80% kế hoạch": measured against an aim of the past.
    let measured = tokens
        .longest_back(
            q.from,
            words![
                "vượt mục tiêu",
                "vượt chỉ tiêu",
                "vượt kế hoạch",
                "so với mục tiêu",
                "so với chỉ tiêu",
                "so với kế hoạch",
            ],
        )
        .is_some()
        || q.unit == Unit::Percent
            && (!setting.is_goal() || tokens.word(q.unit_end, &["dự"]))
            && tokens
                .longest(
                    q.unit_end,
                    words![
                        "kế hoạch",
                        "so với",
                        "mục tiêu",
                        "chỉ tiêu kế hoạch",
                        "dự toán",
                    ],
                )
                .is_some();
    if measured {
        return true;
    }
    // "Năm 2024 đạt 65%; phấn đấu năm 2026 đạt 80%": the first is told to measure the second by.
    let later = tokens
        .find(q.to, (q.to + 24).min(tokens.len()), words!["phấn đấu"])
        .is_some();
    let told = part
        .moments
        .iter()
        .any(|m| m.used == period::Use::During && m.from < q.number && m.year < i16::MAX);
    if later && told && !aimed && q.bound.is_none() && q.stated {
        return true;
    }
    let old = setting.written.is_some_and(|written| {
        let own = part.moments.iter().rfind(|m| m.from < q.number);
        own.is_some_and(|m| m.year < written && m.used != period::Use::Baseline)
    });
    done && !aimed && !(setting.is_goal() && q.bound.is_some()) || old && !aimed
}
