//! Marks of secrecy.

use super::{part, read};
use proptest::prelude::*;
use reading::{DocumentKind, SecrecyLevel, secrecy};
use std::fs;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;

const BODY: &str = "\nKẾ HOẠCH\nBảo vệ bí mật nhà nước và bảo mật thông tin\nI. MỤC TIÊU\n- Tỷ lệ thiết bị được bảo mật đạt 90%.\n";

#[test]
fn marks_in_the_header_are_found() {
    for (mark, level) in [
        ("MẬT", SecrecyLevel::Secret),
        ("TỐI MẬT", SecrecyLevel::HighlySecret),
        ("TUYỆT MẬT", SecrecyLevel::TopSecret),
        ("**MẬT**", SecrecyLevel::Secret),
        ("Độ mật: Mật", SecrecyLevel::Secret),
        ("Độ mật: Tối mật", SecrecyLevel::HighlySecret),
        ("ĐỘ MẬT: TUYỆT MẬT", SecrecyLevel::TopSecret),
        ("Số: 12/KH-UBND   \tMẬT", SecrecyLevel::Secret),
        ("| Số: 12/KH-UBND | TỐI MẬT |", SecrecyLevel::HighlySecret),
        (
            "TO\u{302}\u{301}I MA\u{323}\u{302}T",
            SecrecyLevel::HighlySecret,
        ),
        ("M Ậ T", SecrecyLevel::Secret),
        ("T Ố I  M Ậ T", SecrecyLevel::HighlySecret),
        ("T U Y Ệ T   M Ậ T", SecrecyLevel::TopSecret),
        ("M   Ậ   T", SecrecyLevel::Secret),
        ("M ẬT", SecrecyLevel::Secret),
        ("MẬT Số: 15/BC-UBND", SecrecyLevel::Secret),
        ("Số: 15/BC-UBND TỐI MẬT", SecrecyLevel::HighlySecret),
        ("Số:      /BC-UBND MẬT", SecrecyLevel::Secret),
        ("Số: 15/KH-UBND (Mật)", SecrecyLevel::Secret),
        ("Số: 15/KH-UBND-MẬT", SecrecyLevel::Secret),
        ("Số: 15/KH-UBND MAT", SecrecyLevel::Secret),
        ("HỎA TỐC - MẬT", SecrecyLevel::Secret),
        ("MẬT - HOẢ TỐC", SecrecyLevel::Secret),
        ("Tối mật - Thượng khẩn", SecrecyLevel::HighlySecret),
        ("An Sơn, ngày 4 tháng 5 năm 2026 MẬT", SecrecyLevel::Secret),
        (
            "MẬT CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            SecrecyLevel::Secret,
        ),
        ("CÔNG AN TỈNH AN SƠN TUYỆT MẬT", SecrecyLevel::TopSecret),
        (
            "KẾ HOẠCH ỨNG PHÓ SỰ CỐ (TỐI MẬT)",
            SecrecyLevel::HighlySecret,
        ),
        ("MẬT Bản số: 05", SecrecyLevel::Secret),
        ("MAT", SecrecyLevel::Secret),
        ("MÂT", SecrecyLevel::Secret),
        ("TOI MAT", SecrecyLevel::HighlySecret),
        ("TÓI MẶT", SecrecyLevel::HighlySecret),
        ("TUYET MAT", SecrecyLevel::TopSecret),
        ("mật", SecrecyLevel::Secret),
        ("Mật", SecrecyLevel::Secret),
        ("(tối mật)", SecrecyLevel::HighlySecret),
        ("| Độ mật: | Mật |", SecrecyLevel::Secret),
        ("Số: 12/BC-UBND Độ mật: Mật", SecrecyLevel::Secret),
        ("DO MAT: TOI MAT", SecrecyLevel::HighlySecret),
        ("KẾ HOẠCH MẬT", SecrecyLevel::Secret),
        ("BÁO CÁO TỐI MẬT", SecrecyLevel::HighlySecret),
        ("TÀI LIỆU TUYỆT MẬT", SecrecyLevel::TopSecret),
        ("P H Ụ  L Ụ C\nM\nẬ\nT", SecrecyLevel::Secret),
        ("TUYỆT\nMẬT", SecrecyLevel::TopSecret),
        ("TỐI\nMẬT", SecrecyLevel::HighlySecret),
        ("T\nỐ\nI\nM\nẬ\nT", SecrecyLevel::HighlySecret),
        ("T\nỐ\nI\n\nM\nẬ\nT", SecrecyLevel::HighlySecret),
        ("M\nA\nT", SecrecyLevel::Secret),
        ("M\rẬ\rT", SecrecyLevel::Secret),
    ] {
        let text = format!("ỦY BAN NHÂN DÂN TỈNH AN SƠN\n{mark}\n{BODY}");
        let found = secrecy(&text).unwrap_or_else(|| panic!("not found: {mark}"));
        assert_eq!(found.level, level, "{mark}");
        assert!(mark.contains(&part(&text, found.span)), "{mark}");
        assert_eq!(read(&text).document.secrecy, Some(found));
    }
}

#[test]
fn words_are_no_marks() {
    for line in [
        "Bảo mật",
        "BẢO MẬT",
        "BÍ MẬT NHÀ NƯỚC",
        "Mật ong",
        "Mật khẩu",
        "MẬT ĐỘ DÂN SỐ",
        "ĐẶT MẶT",
        "MẤT",
        "Độ mật:",
        "Độ mật: thường",
        "CƠ MẬT",
        "Về bảo vệ bí mật nhà nước độ Mật",
        "mật độ",
        "MẬT MÃ",
        "MẶT",
        "mat",
        "AN NINH, BẢO MẬT",
        "BAN CƠ YẾU VÀ BẢO VỆ BÍ MẬT",
        "SỞ NỘI VỤ: GIẢI MẬT",
        "Về bảo vệ bí\nmật",
        "VỀ CÔNG TÁC BẢO VỆ BÍ\nMẬT",
        "Cán bộ được giao giữ tài liệu\nmật",
        "Tài liệu mật được quản lý riêng.",
        "Tài liệu có độ mật cao nhất là tối mật",
        "Việc xác định độ mật: do người ký quyết định",
        "Căn cứ Kế hoạch số 15/KH-UBND (MẬT)",
        "Số hóa tài liệu mật",
        "Số: 15/KH-UBND về bảo vệ bí mật",
        "Văn bản điện tử (trừ văn bản mật)",
        "Độ mật: mật độ dân cư",
        "TT | Tên tài liệu | Mật | Ghi chú",
        "TRẬT TỰ, MẤT MÁT",
        "QUẢN LÝ TÀI LIỆU MẬT",
        "QUY CHẾ QUẢN LÝ\nTÀI LIỆU MẬT",
        "QUY CHẾ QUẢN LÝ VĂN BẢN VÀ\n\nTÀI LIỆU MẬT",
        "KẾ HOẠCH MẬT\nMÃ HÓA DỮ LIỆU",
        "TÀI LIỆU MẬT\nVÀ TÀI LIỆU LƯU HÀNH NỘI BỘ",
        "Tài liệu mật",
        "Kế hoạch mật",
        "KẾ HOẠCH BẢO MẬT",
        "KẾ HOẠCH BẢO VỆ BÍ MẬT",
        "BẢO\nMẬT",
        "BÍ\nMẬT",
        "M\nẤ\nT",
        "Tối\nmật độ dân cư cao hơn",
        "T\nT\nMẠNG",
    ] {
        let text = format!("{line}\n{BODY}");
        assert_eq!(secrecy(&text), None, "{line}");
    }
}

#[test]
fn a_mark_deep_in_the_body_is_none() {
    let text = format!("{BODY}{}MẬT\n", "- Một dòng của nội dung.\n".repeat(60));
    assert_eq!(secrecy(&text), None);
    assert_eq!(read(&text).document.kind, DocumentKind::Plan);
}

/// Small letters and lost accents count in the head only; capitals also at the foot and atop a page.
#[test]
fn further_down_only_capitals_are_marks() {
    let deep = "- Một dòng của nội dung.\n".repeat(60);
    for (mark, counts) in [
        ("MẬT", true),
        ("Mật", false),
        ("MAT", false),
        ("mật", false),
    ] {
        let text = format!("{BODY}{deep}Nơi nhận:\n- Như trên;\n- Lưu: VT.\n{mark}\n");
        assert_eq!(secrecy(&text).is_some(), counts, "foot: {mark}");
        let text = format!("{BODY}{deep}\u{c}\n{mark}\nPHỤ LỤC\n");
        assert_eq!(secrecy(&text).is_some(), counts, "page: {mark}");
        let text = format!("{BODY}{mark}\n- Một dòng.\n");
        assert_eq!(secrecy(&text).is_some(), counts, "body: {mark}");
    }
}

/// Every text of the examination, the cases and the demo but the one that is meant to be refused.
#[test]
fn the_texts_we_have_bear_no_mark() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for folder in [
        "tests/cases",
        "tests/exam/documents/dev",
        "tests/exam/documents/heldout",
        "tests/exam/sentences/dev",
        "tests/exam/sentences/heldout",
        "../../demo",
    ] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let secret = path.ends_with("demo/secret.txt");
            assert_eq!(secrecy(&text).is_some(), secret, "{}", path.display());
            // Each line by itself, as what was left out of a text is looked at.
            let marked = text.lines().find(|line| secrecy(line).is_some());
            assert_eq!(marked.is_some(), secret, "{}: {marked:?}", path.display());
            seen += text.lines().count();
        }
    }
    assert!(seen > 2000, "{seen}");
}

fn mark() -> impl Strategy<Value = (&'static str, SecrecyLevel)> {
    prop_oneof![
        Just(("MẬT", SecrecyLevel::Secret)),
        Just(("TỐI MẬT", SecrecyLevel::HighlySecret)),
        Just(("TUYỆT MẬT", SecrecyLevel::TopSecret)),
    ]
}

proptest! {
    /// However its letters are set and whatever piece of the head stands beside it.
    #[test]
    fn a_mark_in_the_head_is_found(
        (name, level) in mark(),
        spaced in any::<bool>(),
        decomposed in any::<bool>(),
        piece in prop_oneof![
            Just(""), Just("Số: 7/BC-UBND"), Just("HỎA TỐC"), Just("SỞ TÀI CHÍNH"),
            Just("An Sơn, ngày 1 tháng 2 năm 2027"),
        ],
        first in any::<bool>(),
        sep in prop_oneof![Just(" "), Just(" - "), Just("\t"), Just(" | "), Just("     ")],
    ) {
        let mut shown = name.to_owned();
        if spaced {
            let letters: Vec<String> = name.chars().map(String::from).collect();
            shown = letters.join(" ");
        }
        let line = match (piece, first) {
            ("", _) => shown,
            (_, true) => format!("{shown}{sep}{piece}"),
            (_, false) => format!("{piece}{sep}{shown}"),
        };
        let mut text = format!("TỈNH AN SƠN\n{line}\n{BODY}");
        if decomposed {
            text = text.nfd().collect();
        }
        prop_assert_eq!(secrecy(&text).map(|m| m.level), Some(level), "{}", line);
    }

    /// The word within a sentence is none, wherever the line breaks before or behind it.
    #[test]
    fn a_word_in_a_sentence_is_no_mark(
        before in "(Tài liệu|Văn bản trừ loại|Thông tin bí|Hệ thống bảo|Cơ chế giữ kín và)",
        word in prop_oneof![Just("mật"), Just("tối mật"), Just("mật độ"), Just("mật khẩu"), Just("mật mã")],
        behind in "( được quản lý riêng| của tỉnh; báo cáo kết quả|, an toàn)[.]?",
    ) {
        let text = format!("TỈNH AN SƠN\n{before} {word}{behind}\n{BODY}");
        prop_assert_eq!(secrecy(&text), None, "{}", text);
    }
}
