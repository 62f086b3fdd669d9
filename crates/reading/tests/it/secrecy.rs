//! Marks of secrecy.

use super::{part, read};
use reading::{DocumentKind, SecrecyLevel, secrecy};

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
        "mật",
        "Mật khẩu",
        "MẬT ĐỘ DÂN SỐ",
        "ĐẶT MẶT",
        "MẤT",
        "Độ mật:",
        "Độ mật: thường",
        "CƠ MẬT",
        "Về bảo vệ bí mật nhà nước độ Mật",
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
