//! Names of agencies at the beginning of a duty.

use crate::token::{Phrases, Token};
use crate::words::{Words, words};

/// Words an agency's name begins with.
static HEADS: Words = Words::new(&[
    "thống kê",
    "các tập đoàn",
    "phòng",
    "vụ",
    "tổng cục",
    "bưu điện",
    "tòa án",
    "viện kiểm sát",
    "bộ đội",
    "thanh tra",
    "kiểm toán",
    "hiệp hội",
    "liên đoàn",
    "các phòng",
    "các cục",
    "các vụ",
    "các hiệp hội",
    "các hội",
    "các viện",
    "các công ty",
    "công ty",
    "thuế",
    "hải quan",
    "bảo hiểm xã hội",
    "quân khu",
    "các thành viên",
    "trạm",
    "ban",
    "sở",
    "ủy ban",
    "ubnd",
    "hđnd",
    "hội đồng",
    "đảng ủy",
    "đảng đoàn",
    "đảng bộ",
    "văn phòng",
    "công an",
    "bộ",
    "mặt trận",
    "ubmttq",
    "mttq",
    "các sở",
    "các ban",
    "các cấp",
    "các cơ quan",
    "các ngành",
    "các huyện",
    "các xã",
    "các địa phương",
    "các đơn vị",
    "các tổ chức",
    "các doanh nghiệp",
    "các trường",
    "các bộ",
    "các đảng",
    "các chi",
    "cấp ủy",
    "chi cục",
    "cục",
    "báo",
    "đài",
    "trường",
    "hội",
    "liên hiệp",
    "đoàn",
    "viện",
    "trung tâm",
    "tỉnh ủy",
    "tỉnh đoàn",
    "huyện ủy",
    "thành ủy",
    "thủ trưởng",
    "chủ tịch",
    "ngân hàng",
    "tập đoàn",
    "doanh nghiệp",
    "thường trực",
    "tổng công ty",
    "kho bạc",
    "người đứng đầu",
    "giám đốc",
]);

/// Verbs with which a duty begins.
static DUTIES: Words = Words::new(&[
    "kích hoạt",
    "làm",
    "đầu tư",
    "chia sẻ",
    "cập nhật",
    "giải quyết",
    "đào tạo",
    "bồi dưỡng",
    "thẩm định",
    "kết nối",
    "hoàn thiện",
    "lập",
    "đăng tải",
    "công khai",
    "phê duyệt",
    "xử lý",
    "thu thập",
    "duy trì",
    "huy động",
    "lắp đặt",
    "vận hành",
    "tiếp nhận",
    "khuyến khích",
    "mở",
    "nghiêm túc",
    "tích cực",
    "tăng",
    "phổ biến",
    "chuẩn bị",
    "phải",
    "cần",
    "thực hiện tốt",
    "chủ trì",
    "phối hợp",
    "chịu trách nhiệm",
    "có trách nhiệm",
    "lãnh đạo",
    "chỉ đạo",
    "tổ chức",
    "xây dựng",
    "theo dõi",
    "tham mưu",
    "hướng dẫn",
    "tăng cường",
    "căn cứ",
    "thực hiện",
    "triển khai",
    "rà soát",
    "ban hành",
    "phát huy",
    "đẩy mạnh",
    "nghiên cứu",
    "cân đối",
    "bố trí",
    "là",
    "định kỳ",
    "tiếp tục",
    "theo chức năng",
    "trên cơ sở",
    "tiến hành",
    "vận động",
    "tuyên truyền",
    "giám sát",
    "kiểm tra",
    "đôn đốc",
    "tổng hợp",
    "báo cáo",
    "hằng năm",
    "hàng năm",
    "chủ động",
    "quán triệt",
    "cụ thể hóa",
    "thường xuyên",
    "đề xuất",
    "bảo đảm",
    "đảm bảo",
    "khẩn trương",
    "tập trung",
    "trình",
    "đưa",
    "lồng ghép",
    "kịp thời",
    "nâng cao",
    "giúp",
    "cung cấp",
    "hỗ trợ",
    "ưu tiên",
    "quan tâm",
]);

/// An agency and where its duty begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Agency {
    pub from: usize,
    pub to: usize,
    /// First token of the duty.
    pub duty: usize,
}

/// The agency named from `at` on, if a duty or the end of the line follows it.
pub(crate) fn agency(tokens: &[Token], at: usize, to: usize) -> Option<Agency> {
    let from = tokens
        .longest(at, words!["giao", "đề nghị", "yêu cầu", "giao cho"])
        .unwrap_or(at);
    tokens.longest(from, &HEADS)?;
    // "Ban hành kế hoạch" names no committee.
    if tokens
        .longest(
            from,
            words!["ban hành", "phòng chống", "phòng ngừa", "báo cáo"],
        )
        .is_some()
    {
        return None;
    }
    let limit = to.min(from + 60);
    for i in from + 1..limit {
        if tokens.mark(i, ':') {
            return Some(Agency {
                from,
                to: i,
                duty: i + 1,
            });
        }
        if begins_duty(tokens, i) {
            let end = if tokens.mark(i - 1, ',') { i - 1 } else { i };
            return Some(Agency {
                from,
                to: end,
                duty: i,
            });
        }
        let another = tokens.longest(i + 1, &HEADS).is_some();
        let listed = tokens.mark(i, ';') && (another || (i..limit).any(|c| tokens.mark(c, ':')));
        if matches!(tokens[i].mark(), Some('.' | ';')) && !listed {
            return None;
        }
    }
    (to <= from + 30 && to > from).then_some(Agency { from, to, duty: to })
}

/// Whether a stretch begins with the name of an agency.
pub(crate) fn names(tokens: &[Token]) -> bool {
    tokens.longest(0, &HEADS).is_some() && tokens.first().is_some_and(|t| t.capital)
}

/// Whether a verb of duty stands at `i`, not a noun of the same sound ("các tổ chức chính trị").
fn begins_duty(tokens: &[Token], i: usize) -> bool {
    // A capital goes on with the name: "Viện Nghiên cứu phát triển".
    if tokens.longest(i, &DUTIES).is_none() || tokens[i].capital {
        return false;
    }
    let noun = match tokens[i].key {
        "tổ" => {
            i > 0
                && tokens.word(i - 1, &["các", "và", "cấp"])
                && !tokens.word(i + 2, &["quán", "thực", "triển", "phổ", "tuyên"])
                || tokens.word(
                    i + 2,
                    &["chính", "đảng", "xã", "cơ", "khoa", "kinh", "đoàn", "công"],
                )
        }
        "tham" | "giúp" | "chỉ" | "lãnh" => {
            i > 0
                && (tokens.word(i - 1, &["quan", "ban", "trách", "cán"])
                    || tokens.mark(i - 1, ',') && tokens.word(i + 2, &["của", "tỉnh", "giúp"]))
                || tokens
                    .longest(i, words!["tham mưu giúp việc", "giúp việc"])
                    .is_some()
                || tokens.longest(i, words!["lãnh đạo quản lý"]).is_some()
        }
        "kiểm" | "tuyên" => {
            i > 0 && tokens.word(i - 1, &["ban", "ủy"])
                || tokens.word(i.saturating_sub(1), &["ủy", "ban"])
        }
        "xây" | "hỗ" | "nghiên" => i > 0 && tokens[i - 1].is("sở"),
        _ => false,
    };
    !noun
}

/// Behind "chủ trì, phối hợp với … có liên quan": where the work itself begins.
pub(crate) fn after_partners(tokens: &[Token], duty: usize, to: usize) -> usize {
    let mut at = tokens
        .longest(
            duty,
            words![
                "có trách nhiệm",
                "chịu trách nhiệm",
                "theo chức năng nhiệm vụ",
                "theo chức năng",
            ],
        )
        .unwrap_or(duty);
    if at < to && tokens.mark(at, ',') {
        at += 1;
    }
    let leads = tokens.phrase(at, "chủ trì").unwrap_or(at);
    let joined = if tokens.mark(leads, ',') {
        leads + 1
    } else {
        leads
    };
    let Some(with) = tokens.longest(joined, words!["phối hợp với", "phối hợp cùng"])
    else {
        return if tokens.mark(leads, ',') || leads > at {
            joined.min(to)
        } else {
            at
        };
    };
    if let Some(related) = tokens.find(with, to.min(with + 40), words!["liên quan"]) {
        let next = related + 2;
        return if next < to && next + 2 < to {
            next + usize::from(tokens.mark(next, ','))
        } else {
            at
        };
    }
    let verb = (with + 2..to.min(with + 40))
        .find(|i| begins_duty(tokens, *i) && !tokens.mark(*i - 1, ','));
    verb.unwrap_or(at)
}

/// How often something is due.
pub(crate) fn cadence(tokens: &[Token], from: usize, to: usize) -> Option<String> {
    static WORDS: [(&Words, &str); 6] = [
        (words!["hằng năm", "hàng năm", "mỗi năm"], "hằng năm"),
        (words!["hằng quý", "hàng quý"], "hằng quý"),
        (words!["hằng tháng", "hàng tháng"], "hằng tháng"),
        (words!["hằng tuần", "hàng tuần"], "hằng tuần"),
        (words!["sáu tháng"], "6 tháng"),
        (words!["định kỳ"], "định kỳ"),
    ];
    WORDS
        .iter()
        .find(|(words, _)| tokens.find(from, to, words).is_some())
        .map(|(_, name)| (*name).to_owned())
}
