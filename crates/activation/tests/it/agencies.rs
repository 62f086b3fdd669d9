//! Agencies as texts of provinces name them, against the organisations that come with the product.

use jiff::civil::{Date, date};
use viet::AreaKey;

use crate::sample::directory;

const TODAY: Date = date(2026, 3, 2);

fn named(text: &str, day: Date, home: Option<&str>) -> Vec<String> {
    let home: Option<AreaKey> = home.map(|key| key.parse().expect("a key"));
    let found = directory().organisations().agencies_in(text, day, home);
    found.into_iter().map(|m| m.organisation.0).collect()
}

#[test]
fn one_agency_written_in_many_ways() {
    for text in [
        "Sở Khoa học và Công nghệ",
        "sở khoa học và công nghệ",
        "So Khoa hoc va Cong nghe",
        "Sở KH&CN",
        "Sở KHCN",
        "Sở KH và CN",
        "Sở Khoa học - Công nghệ",
        "Sở Khoa học & Công nghệ tỉnh Đắk Lắk",
        "Sở KH&CN Đắk Lắk",
        "Giám đốc Sở Khoa học và Công nghệ chịu trách nhiệm",
        "So\u{31b}\u{309} Khoa ho\u{323}c va\u{300} Co\u{302}ng nghe\u{323}",
    ] {
        assert_eq!(named(text, TODAY, None), ["so-khcn"], "{text}");
    }
    for text in [
        "UBND tỉnh",
        "Ủy ban nhân dân tỉnh",
        "Uỷ ban Nhân dân tỉnh Đắk Lắk",
        "ubnd tỉnh",
    ] {
        assert_eq!(named(text, TODAY, None), ["ubnd-tinh"], "{text}");
    }
    assert_eq!(named("Văn phòng UBND tỉnh", TODAY, None), ["vp-ubnd-tinh"]);
    assert_eq!(named("UBND phường Tuy Hòa", TODAY, None), ["ubnd-22015"]);
}

#[test]
fn what_is_not_ours_or_not_clear_is_left_out() {
    for text in [
        "Sở Khoa học và Công nghệ tỉnh Gia Lai",
        "Sở KH&CN thành phố Đà Nẵng",
        "UBND tỉnh Lâm Đồng",
        "UBND các xã, phường",
        "UBND cấp xã",
        "UBND xã Không Đâu",
        "các sở, ban, ngành",
        "khoa học và công nghệ",
        "tài chính, nội vụ",
        "",
    ] {
        assert_eq!(named(text, TODAY, None), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn lists_with_one_head() {
    let text = "Sở Khoa học và Công nghệ chủ trì, phối hợp với các sở: Tài chính, Nội vụ, Nông nghiệp và Môi trường và UBND tỉnh.";
    assert_eq!(
        named(text, TODAY, None),
        [
            "so-khcn",
            "so-tai-chinh",
            "so-noi-vu",
            "so-nnmt",
            "ubnd-tinh"
        ]
    );
    // Small letters are common nouns.
    assert_eq!(
        named("Sở Nội vụ, tài chính của đơn vị", TODAY, None),
        ["so-noi-vu"]
    );
    let abbreviated = "Các Sở: KH&CN, VHTT&DL; Công an tỉnh";
    assert_eq!(
        named(abbreviated, TODAY, None),
        ["so-khcn", "so-vhttdl", "cong-an-tinh"]
    );
}

#[test]
fn places_are_those_of_the_text() {
    let text = "Giao Sở KH&CN tỉnh Đắk Lắk chủ trì";
    let found = directory().organisations().agencies_in(text, TODAY, None);
    let span = found[0].span;
    let cut: String = text.chars().skip(span.start()).take(span.len()).collect();
    assert_eq!(cut, "Sở KH&CN tỉnh Đắk Lắk");
}

#[test]
fn names_of_before_the_mergers() {
    let early = date(2025, 2, 25);
    // Two provinces had one each; only where the text comes from tells which.
    assert_eq!(
        named("Sở Khoa học và Công nghệ", early, None),
        Vec::<String>::new()
    );
    assert_eq!(
        named("Sở Khoa học và Công nghệ", early, Some("54@")),
        ["so-khcn-54"]
    );
    assert_eq!(named("Sở KHCN tỉnh Phú Yên", early, None), ["so-khcn-54"]);
    let old = named("Sở Thông tin và Truyền thông", early, Some("66@"));
    assert_eq!(old, ["so-tttt-66"]);
    let organisations = directory().organisations();
    let id = access::OrgId(old[0].clone());
    let today: Vec<_> = organisations
        .holders(&id, TODAY)
        .into_iter()
        .map(|o| o.0)
        .collect();
    assert_eq!(today, ["so-khcn"], "through two mergers");
}

#[test]
fn several_agencies_are_no_single_one() {
    let resolve = |text| {
        directory()
            .organisations()
            .resolve_agency(text, TODAY, None)
    };
    assert_eq!(resolve("Sở Tài chính và Sở Nội vụ"), None);
    assert_eq!(
        resolve("Sở Tài chính (Sở Tài chính)")
            .map(|o| o.0)
            .as_deref(),
        Some("so-tai-chinh")
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(Sở |UBND |các |tỉnh |Tài chính|KH&CN|, |: |va |\\PC{0,6}){0,12}") {
        let organisations = directory().organisations();
        let length = text.chars().count();
        let mut last = 0;
        for found in organisations.agencies_in(&text, TODAY, None) {
            proptest::prop_assert!(found.span.start() >= last && found.span.end() <= length);
            last = found.span.end();
            proptest::prop_assert!(organisations.get(&found.organisation).is_some());
        }
    }
}
