//! What the words of a reading are called on screen.

use access::Say;
use programme::document::DocumentStatus;
use reading::{Comparator, DocumentKind, PassageKind, Relation, SecrecyLevel};
use viet::Lang;

use crate::ctx::Ctx;

/// Every kind with its word, in the order in which a form offers them.
pub const KINDS: [(DocumentKind, &str); 14] = [
    (DocumentKind::Resolution, "resolution"),
    (DocumentKind::Programme, "programme"),
    (DocumentKind::Plan, "plan"),
    (DocumentKind::Decision, "decision"),
    (DocumentKind::Directive, "directive"),
    (DocumentKind::Conclusion, "conclusion"),
    (DocumentKind::Scheme, "scheme"),
    (DocumentKind::Strategy, "strategy"),
    (DocumentKind::Submission, "submission"),
    (DocumentKind::Letter, "letter"),
    (DocumentKind::Report, "report"),
    (DocumentKind::Annex, "annex"),
    (DocumentKind::News, "news"),
    (DocumentKind::Unknown, "unknown"),
];

/// Name of a kind of document.
pub fn kind(kind: DocumentKind, lang: Lang) -> &'static str {
    let (vi, en) = match kind {
        DocumentKind::Resolution => ("Nghị quyết", "Resolution"),
        DocumentKind::Programme => ("Chương trình", "Programme"),
        DocumentKind::Plan => ("Kế hoạch", "Plan"),
        DocumentKind::Decision => ("Quyết định", "Decision"),
        DocumentKind::Directive => ("Chỉ thị", "Directive"),
        DocumentKind::Conclusion => ("Thông báo kết luận", "Conclusion notice"),
        DocumentKind::Scheme => ("Đề án", "Scheme"),
        DocumentKind::Strategy => ("Chiến lược", "Strategy"),
        DocumentKind::Submission => ("Tờ trình", "Submission paper"),
        DocumentKind::Letter => ("Công văn", "Letter"),
        DocumentKind::Report => ("Báo cáo", "Report"),
        DocumentKind::Annex => ("Phụ lục", "Annex"),
        DocumentKind::News => ("Tin báo chí", "News item"),
        DocumentKind::Unknown => ("chưa xác định", "unknown"),
    };
    lang.pick(vi, en)
}

/// The word of a kind.
pub fn kind_word(kind: DocumentKind) -> &'static str {
    // The table holds every kind; a test below walks it.
    KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or("unknown", |(_, word)| word)
}

/// A status with its class and shape.
pub fn status_look(status: DocumentStatus) -> (&'static str, char) {
    match status {
        DocumentStatus::Received => ("info", '◌'),
        DocumentStatus::Read => ("warn", '◐'),
        DocumentStatus::Adopted => ("good", '●'),
        DocumentStatus::Reference => ("idle", '◇'),
        DocumentStatus::RefusedSecret => ("bad", '✕'),
        DocumentStatus::Unknown => ("idle", '?'),
    }
}

/// Name of a mark of secrecy.
pub fn secrecy(level: SecrecyLevel) -> Say {
    match level {
        SecrecyLevel::Secret => Say::new("Mật", "Confidential (Mật)"),
        SecrecyLevel::HighlySecret => Say::new("Tối mật", "Secret (Tối mật)"),
        SecrecyLevel::TopSecret => Say::new("Tuyệt mật", "Top secret (Tuyệt mật)"),
    }
}

/// How a cited document is meant.
pub fn relation(relation: Relation, lang: Lang) -> &'static str {
    match relation {
        Relation::Implements => lang.pick("thực hiện", "implements"),
        Relation::Cites => lang.pick("dẫn chiếu", "cites"),
        Relation::Amends => lang.pick("sửa đổi", "amends"),
        Relation::Replaces => lang.pick("thay thế", "replaces"),
        Relation::Merges => lang.pick("hợp nhất", "merges"),
    }
}

/// The class a passage is drawn with.
pub fn passage_class(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Front => "p-front",
        PassageKind::Heading => "p-heading",
        PassageKind::NumberedItem => "p-item",
        PassageKind::Paragraph => "p-paragraph",
        PassageKind::Bullet => "p-bullet",
        PassageKind::Row => "p-row",
    }
}

/// Name of a comparator for a form.
pub fn comparator(comparator: Comparator, lang: Lang) -> &'static str {
    match comparator {
        Comparator::AtLeast => lang.pick("ít nhất (≥)", "at least (≥)"),
        Comparator::AtMost => lang.pick("nhiều nhất (≤)", "at most (≤)"),
        Comparator::Equal => lang.pick("đạt (=)", "reaches (=)"),
        Comparator::About => lang.pick("khoảng (~)", "about (~)"),
        Comparator::Between => lang.pick("trong khoảng từ … đến …", "between … and …"),
        Comparator::MultiplyBy => lang.pick("gấp … lần mốc so sánh", "… times the baseline"),
        Comparator::IncreaseByPct => lang.pick("tăng … % so với mốc", "up … % on the baseline"),
        Comparator::IncreaseCount => lang.pick("tăng thêm … (số lượng)", "… more"),
    }
}

/// Name of a unit for a form, and behind a number. A unit without a word of ours is shown as it stands.
pub fn unit(word: &str, lang: Lang) -> &str {
    let (vi, en) = match word {
        "percent" => ("%", "%"),
        "percent_per_year" => ("%/năm", "% a year"),
        "count" => ("số lượng", "count"),
        "times" => ("lần", "times"),
        "ratio" => ("tỷ số", "ratio"),
        "level_of_7" => ("cấp độ (trên 7)", "level (of 7)"),
        "rank" => ("thứ hạng", "rank"),
        "index" => ("chỉ số", "index"),
        "points" => ("điểm", "points"),
        "per_10k_people" => ("người/vạn dân", "per 10,000 people"),
        "yes_no" => ("có/không", "yes/no"),
        "billion_vnd" => ("tỷ đồng", "billion VND"),
        "million_vnd_per_person" => ("triệu đồng/người", "million VND per person"),
        other => (other, other),
    };
    lang.pick(vi, en)
}

/// Names of themes that the reader knows, by their words.
pub const THEMES: [(&str, &str, &str); 19] = [
    ("leadership", "Lãnh đạo, chỉ đạo", "Leadership"),
    (
        "institutions",
        "Thể chế, chính sách",
        "Institutions and policy",
    ),
    ("awareness", "Tuyên truyền, nâng cao nhận thức", "Awareness"),
    ("human_resources", "Nhân lực", "Human resources"),
    ("education", "Giáo dục, đào tạo", "Education"),
    (
        "research_transfer",
        "Nghiên cứu, chuyển giao",
        "Research and transfer",
    ),
    (
        "enterprise",
        "Doanh nghiệp, khởi nghiệp",
        "Enterprise and start-ups",
    ),
    ("market", "Thị trường công nghệ", "Technology market"),
    ("ip", "Sở hữu trí tuệ", "Intellectual property"),
    ("infrastructure", "Hạ tầng", "Infrastructure"),
    ("data", "Dữ liệu", "Data"),
    (
        "digital_government",
        "Chính quyền số, chuyển đổi số",
        "Digital government",
    ),
    (
        "security",
        "An toàn, an ninh thông tin",
        "Information security",
    ),
    ("finance", "Nguồn lực tài chính", "Finance"),
    ("cooperation", "Hợp tác", "Co-operation"),
    ("agriculture", "Nông nghiệp", "Agriculture"),
    ("industry", "Công nghiệp", "Industry"),
    ("services", "Dịch vụ, du lịch", "Services"),
    ("health", "Y tế", "Health"),
];

/// Name of a theme; a theme without a name of ours is shown as it stands.
pub fn theme(word: &str, lang: Lang) -> &str {
    THEMES
        .iter()
        .find(|(known, _, _)| *known == word)
        .map_or(word, |(_, vi, en)| lang.pick(vi, en))
}

/// A doubt of the reader in the reader's language; an unknown one as the reader of the text said it.
pub fn doubt(ctx: &Ctx, code: &str, message: &str) -> String {
    let english = match code {
        "joined_line" => "A sentence broken by a line or page end was joined.",
        "spelling" => "A misspelling was read through.",
        "repeated" => "Words are repeated.",
        "no_deadline" => "The target states no deadline.",
        "no_indicator" => "It is not clear which indicator is meant.",
        "unknown_kind" => "The kind of document was not recognised.",
        "odd_year" => "The year of a cited document cannot be right; its date was left out.",
        _ => message,
    };
    ctx.t(message, english).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use programme::{COMPARATORS, UNITS};

    #[test]
    fn kinds_are_called_as_the_reader_calls_them() {
        for (kind, word) in KINDS {
            assert_eq!(serde_json::json!(kind), serde_json::json!(word));
            assert_eq!(kind_word(kind), word);
        }
    }

    #[test]
    fn every_unit_has_a_name() {
        for word in UNITS {
            assert_ne!(unit(word, Lang::Vi), word);
        }
    }

    #[test]
    fn every_comparator_has_a_name() {
        for (comparator, _) in COMPARATORS {
            assert!(!super::comparator(comparator, Lang::Vi).is_empty());
        }
    }

    #[test]
    fn themes_are_told_apart() {
        let names: std::collections::BTreeSet<&str> = THEMES.iter().map(|(_, vi, _)| *vi).collect();
        assert_eq!(names.len(), THEMES.len());
        assert_eq!(theme("market", Lang::En), "Technology market");
        assert_eq!(theme("khac", Lang::En), "khac");
    }
}
