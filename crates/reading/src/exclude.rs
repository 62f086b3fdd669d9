//! Numbers that look like values and are none: years, names, ages, durations, grades, announced lists, denominators.

use crate::named::{BASES, NAMED_BEFORE, NAMED_BEHIND};
use crate::period::{self, YEARLY};
use crate::token::{Kind, Phrases, Token};
use crate::words::{Words, words};

/// How far back a word can bear on a number: keeps the reading linear in odd texts too.
const NEAR: usize = 60;

/// The place after the number when it is no value.
pub(crate) fn not_a_value(tokens: &[Token], i: usize, after: usize) -> Option<usize> {
    if is_year(tokens, i) {
        return Some(after);
    }
    if let Some(end) = date_parts(tokens, i) {
        return Some(end);
    }
    if tokens.longest_back(i, &BASES).is_some() {
        return Some(after);
    }
    if let Some(end) = ages(tokens, after) {
        return Some(end);
    }
    let numeric = matches!(tokens[i].kind, Kind::Number(_));
    let percent = tokens.mark(after, '%') || tokens.phrase(after, "phần trăm").is_some();
    if percent {
        return capital_share(tokens, after + 1);
    }
    let named = numeric && tokens.longest_back(i, &NAMED_BEFORE).is_some();
    if named && !counts_things(tokens, i) && !is_graded(tokens, i) {
        return Some(name_end(tokens, after));
    }
    let scaled =
        tokens.mark(after, '/') && tokens.get(after + 1).is_some_and(|t| t.number().is_some());
    if scaled
        && tokens
            .longest(
                after + 2,
                words!["chỉ tiêu", "nhiệm vụ", "mục tiêu", "nội dung"],
            )
            .is_some()
    {
        return Some(after + 2);
    }
    let named = tokens.longest(after, &NAMED_BEHIND).is_some() && !yearly(tokens, after);
    if named && !is_limit(tokens, i, after) && !counts_after_all(tokens, after) {
        return Some(after);
    }
    if numeric && is_class(tokens, i) {
        return Some(after);
    }
    // The tasks of the paper itself are no aim; research tasks are.
    let research = ["khoa", "kh", "kh&cn", "khcn", "nghiên", "cấp", "đổi"];
    if let Some(end) = tokens
        .phrase(after, "nhiệm vụ")
        .filter(|end| !tokens.word(*end, &research))
    {
        return Some(end);
    }
    // "trong tổng số 120 trường", "/10.000 dân"
    if tokens
        .longest_back(i, words!["trong tổng số", "trên tổng số", "tổng số"])
        .is_some()
        && denominates(tokens, i)
    {
        return Some(after);
    }
    if tokens
        .longest(after, words!["dân", "vạn dân", "người dân"])
        .is_some()
        && i.checked_sub(1)
            .is_some_and(|p| tokens.mark(p, '/') || tokens.word(p, &["trên", "cứ", "mỗi"]))
    {
        return Some(after);
    }
    qualifies(tokens, i, after).then_some(after)
}

/// A year, by its size and what stands around it.
pub(crate) fn is_year(tokens: &[Token], i: usize) -> bool {
    let Some(token) = tokens.get(i) else {
        return false;
    };
    if period::year_of(token).is_none() || tokens.mark(i + 1, '%') {
        return false;
    }
    let before = i.checked_sub(1).is_some_and(|p| {
        tokens.word(
            p,
            &[
                "năm", "đến", "tới", "đoạn", "kỳ", "trước", "vào", "cuối", "đầu", "từ", "học",
                "hết",
            ],
        ) || matches!(tokens[p].mark(), Some('-' | '/' | '('))
            || tokens[p].number().is_some()
    });
    let listed = i >= 2
        && (tokens.mark(i - 1, ',') || tokens.word(i - 1, &["và"]))
        && period::year_of(&tokens[i - 2]).is_some()
        && is_year(tokens, i - 2);
    let counted = tokens.get(i + 1).is_some_and(|t| {
        matches!(t.kind, Kind::Word) && !t.is("và") && !t.is("đạt") && !t.is("là")
    });
    before || listed || !counted
}

/// "từ 18 đến 60 tuổi", "24/24 giờ": ages, times and the like said with two numbers.
fn ages(tokens: &[Token], after: usize) -> Option<usize> {
    let joined = tokens.mark(after, '-') || tokens.mark(after, '/') || tokens.word(after, &["đến"]);
    let second = tokens.get(after + 1).is_some_and(|t| t.number().is_some());
    let named = tokens.word(
        after + 2,
        &[
            "tuổi", "giờ", "ngày", "tháng", "phút", "tuần", "cấp", "mbps",
        ],
    );
    (joined && second && named).then_some(after + 2)
}

/// "ngày 13/10", "tháng 9": day and month.
fn date_parts(tokens: &[Token], i: usize) -> Option<usize> {
    let said = tokens
        .longest_back(
            i,
            words![
                "ngày",
                "tháng",
                "hôm nay",
                "sáng",
                "chiều",
                "nay",
                "từ ngày",
                "quý",
            ],
        )
        .is_some();
    if !said {
        return None;
    }
    let slash = tokens.mark(i + 1, '/') && tokens.get(i + 2).is_some_and(|t| t.number().is_some());
    Some(if slash { i + 3 } else { i + 1 })
}

/// "doanh nghiệp 100% vốn nước ngoài"
fn capital_share(tokens: &[Token], behind: usize) -> Option<usize> {
    tokens.longest(
        behind,
        words![
            "vốn nước ngoài",
            "vốn đầu tư nước ngoài",
            "vốn nhà nước",
            "vốn điều lệ",
        ],
    )
}

/// "Thời gian xử lý không quá 03 ngày", "Tốc độ tải xuống đạt tối thiểu 100 Mbps": a duration or a speed that
/// is itself what is measured. In "xử lý 100% hồ sơ trong 24 giờ" it is not.
fn is_limit(tokens: &[Token], i: usize, after: usize) -> bool {
    let subject = if tokens.word(after, &["mbps", "gbps", "kbps"]) {
        words!["tốc độ", "băng thông"]
    } else if tokens.word(after, &["ngày", "giờ", "phút", "giây", "tháng", "tuần"]) {
        words!["thời gian"]
    } else if tokens.word(after, &["tuổi"]) {
        words!["tuổi thọ", "tuổi trung bình"]
    } else {
        return false;
    };
    let from = (i.saturating_sub(NEAR)..i)
        .rfind(|p| matches!(tokens[*p].mark(), Some(';' | '.' | ':')))
        .map_or(i.saturating_sub(NEAR), |p| p + 1);
    let said = tokens.longest_back(
        i,
        words![
            "không quá",
            "tối đa",
            "dưới",
            "còn",
            "xuống còn",
            "đạt",
            "ít nhất",
            "tối thiểu",
            "trên",
            "là",
            "bình quân",
            "trung bình",
            "từ",
        ],
    );
    let share = (from..i).any(|p| tokens.mark(p, '%'));
    said.is_some() && !share && tokens.find(from, i, subject).is_some()
}

/// "15 nhà khoa học", "20 giải pháp công nghệ": things that share a first word with what never is counted.
fn counts_after_all(tokens: &[Token], after: usize) -> bool {
    static THINGS: Words = Words::new(&[
        "nhà khoa học",
        "nhà nghiên cứu",
        "nhà đầu tư",
        "nhà máy",
        "nhà văn hóa",
        "nhà cung cấp",
        "nhà sáng chế",
        "nhà trường",
        "nhà vườn",
        "giải pháp dự thi",
        "giải pháp kỹ thuật",
        "giải pháp hữu ích",
        "giải pháp công nghệ",
        "giải pháp số",
        "giải pháp phần mềm",
        "giải pháp được",
        "giải pháp sáng tạo",
        "giải pháp chuyển đổi",
        "điều tra viên",
        "khóa đào tạo",
        "khóa tập huấn",
        "phần mềm",
    ]);
    tokens.longest(after, &THINGS).is_some()
}

/// "nhà cung ứng cấp 1", "đô thị loại 2": the class of a thing.
fn is_class(tokens: &[Token], i: usize) -> bool {
    let digit = tokens[i].at.len() == 1;
    let word = i
        .checked_sub(1)
        .is_some_and(|p| tokens.word(p, &["cấp", "loại", "hạng"]));
    let of_thing = i.checked_sub(2).is_some_and(|p| {
        tokens[p].is_word()
            && !tokens.word(
                p,
                &[
                    "được", "và", "để", "sẽ", "đã", "năm", "đấu", "đạt", "lên", "xếp", "tăng",
                    "thứ", "đến", "tổ",
                ],
            )
    });
    digit && word && of_thing && !tokens.mark(i + 1, '/')
}

/// "phương châm “3 không, 4 tại chỗ”": the place behind a motto that begins at `i`.
pub(crate) fn motto(tokens: &[Token], i: usize) -> Option<usize> {
    static NAMED: Words = Words::new(&[
        "phương châm",
        "khẩu hiệu",
        "phong trào",
        "tinh thần",
        "mô hình",
        "cuộc vận động",
        "nguyên tắc",
    ]);
    if !tokens.mark(i, '"') {
        return None;
    }
    let close = (i + 1..tokens.len().min(i + 40)).find(|p| tokens.mark(*p, '"'))?;
    let named = tokens.longest_back(i, &NAMED).is_some();
    // “1 cửa, 1 đầu mối”: a short saying that begins with a number.
    let saying = close <= i + 9
        && tokens[i + 1].number().is_some()
        && !(i..close).any(|p| tokens.mark(p, '%'));
    (named || saying).then_some(close + 1)
}

/// "đạt mức độ 4/5" is a state that is reached, "dịch vụ công mức độ 4" the name of a service.
fn is_graded(tokens: &[Token], i: usize) -> bool {
    let service = tokens
        .find(
            i.saturating_sub(10),
            i,
            words!["dịch vụ công", "dvc", "an toàn"],
        )
        .is_some();
    let reached = tokens
        .longest_back(i, words!["đạt mức độ", "lên mức độ", "ở mức độ"])
        .is_some();
    let scale = tokens.mark(i + 1, '/') && tokens.word(i.saturating_sub(1), &["độ"]);
    !service && (reached || scale)
}

/// "tổng số 250 trường" counts; "Quyết định số 250" does not.
fn counts_things(tokens: &[Token], i: usize) -> bool {
    tokens
        .longest_back(i, words!["tổng số", "với số", "một số", "đạt số"])
        .is_some()
        || tokens.phrase_back(i, "hệ thống").is_some()
        || (i > 0
            && tokens.word(i - 1, &["án", "trình", "hoạch"])
            && !tokens[i.saturating_sub(2)].capital)
}

fn name_end(tokens: &[Token], after: usize) -> usize {
    let mut end = after;
    while tokens.mark(end, ',')
        || tokens.mark(end, '-')
        || tokens.mark(end, '/')
        || tokens.word(end, &["và"])
    {
        if tokens.get(end + 1).and_then(Token::number).is_none() || tokens.mark(end + 2, '%') {
            break;
        }
        end += 2;
    }
    end
}

fn yearly(tokens: &[Token], after: usize) -> bool {
    tokens.longest(after, &YEARLY).is_some()
}

fn denominates(tokens: &[Token], i: usize) -> bool {
    (i.saturating_sub(NEAR)..i).any(|p| tokens.mark(p, '%'))
}

/// "thu hút dự án có vốn trên 100 triệu USD": which things are sought, not how many.
fn is_sought(tokens: &[Token], i: usize) -> bool {
    static SIZES: Words = Words::new(&[
        "có vốn",
        "có tổng vốn",
        "có vốn đầu tư",
        "có tổng mức đầu tư",
        "có doanh thu",
        "có giá trị",
        "có công suất",
        "có quy mô",
    ]);
    static SOUGHT: Words = Words::new(&[
        "thu hút dự án",
        "thu hút các dự án",
        "thu hút doanh nghiệp",
        "thu hút các doanh nghiệp",
        "ưu tiên dự án",
        "ưu tiên các dự án",
        "hỗ trợ doanh nghiệp",
        "kêu gọi dự án",
        "lựa chọn dự án",
        "lựa chọn doanh nghiệp",
    ]);
    let size = (i.saturating_sub(7)..i).find(|p| tokens.longest(*p, &SIZES).is_some());
    size.is_some_and(|size| tokens.find(size.saturating_sub(8), size, &SOUGHT).is_some())
}

/// A condition inside another clause: "có từ 10 lao động trở lên", "quy mô trên 50 ha".
fn qualifies(tokens: &[Token], i: usize, after: usize) -> bool {
    let of_size = tokens
        .find(
            i.saturating_sub(4),
            i,
            words![
                "có quy mô",
                "quy mô từ",
                "quy mô trên",
                "sử dụng từ",
                "sử dụng trên",
            ],
        )
        .is_some();
    // "doanh nghiệp có dưới 100 lao động"
    let staffed = tokens.word(after, &["lao"])
        && tokens
            .longest_back(
                i,
                words![
                    "nghiệp có dưới",
                    "nghiệp có từ",
                    "nghiệp có trên",
                    "sở có từ",
                    "xã có từ",
                    "sở có dưới",
                    "nghiệp dưới",
                ],
            )
            .is_some();
    if staffed || is_sought(tokens, i) {
        return true;
    }
    if of_size
        && tokens
            .longest(
                after,
                words!["lao động", "ha", "hộ", "người", "hécta", "con", "giường"],
            )
            .is_some()
    {
        return true;
    }
    if tokens.find(after, after + 4, words!["trở lên"]).is_none() {
        return false;
    }
    let labour = tokens
        .longest(after, words!["lao động", "người trở lên", "hộ trở lên"])
        .is_some();
    let sized = tokens
        .find(i.saturating_sub(3), i, words!["quy mô"])
        .is_some();
    let earlier = sized
        || (i.saturating_sub(NEAR)..i)
            .any(|p| tokens[p].number().is_some() && period::year_of(&tokens[p]).is_none());
    labour && earlier
}
