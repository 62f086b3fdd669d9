//! Recycled codes: the trap of the mergers of 1/7/2025.

use catalogue::{Area, Definition, Level, Share};
use jiff::civil::{Date, date};
use viet::AreaKey;

const MERGER: Date = date(2025, 7, 1);

fn areas() -> Vec<Area> {
    crate::all()
        .into_iter()
        .filter_map(|definition| match definition {
            Definition::Areas(areas) => Some(areas.list.areas),
            _ => None,
        })
        .flatten()
        .collect()
}

fn key(text: &str) -> AreaKey {
    text.parse().expect("a key")
}

fn find<'a>(areas: &'a [Area], name: &str) -> &'a Area {
    areas
        .iter()
        .find(|area| area.key() == key(name))
        .unwrap_or_else(|| panic!("no area {name}"))
}

#[test]
fn counts_agree_with_the_law_of_1_july_2025() {
    let areas = areas();
    let count = |level, day| {
        areas
            .iter()
            .filter(|area| area.level == level && area.valid_on(day))
            .count()
    };
    let before = date(2025, 6, 30);
    assert_eq!(
        (
            count(Level::Province, before),
            count(Level::Province, MERGER)
        ),
        (63, 34)
    );
    assert_eq!(
        (
            count(Level::District, before),
            count(Level::District, MERGER)
        ),
        (24, 0)
    );
    assert_eq!(count(Level::Commune, MERGER), 3321);
    let of_dak_lak =
        |area: &&Area| area.level == Level::Commune && area.parent == Some(key("66@2025-07-01"));
    assert_eq!(areas.iter().filter(of_dak_lak).count(), 102);
}

#[test]
fn code_44_was_quang_binh_and_is_quang_tri() {
    let areas = areas();
    let (old, new) = (find(&areas, "44@"), find(&areas, "44@2025-07-01"));
    assert_eq!(
        (old.name.as_str(), new.name.as_str()),
        ("Quảng Bình", "Quảng Trị")
    );
    assert!(!old.valid_on(MERGER) && new.valid_on(MERGER));
    assert!(old.valid_on(date(2025, 6, 30)) && !new.valid_on(date(2025, 6, 30)));
    let former = find(&areas, "45@");
    assert_eq!(former.name, "Quảng Trị");
    for area in [old, former] {
        let [successor] = area.successors.as_slice() else {
            panic!("one successor of {}", area.name)
        };
        assert_eq!(successor.to, new.key());
        assert!(
            matches!(successor.share, Share::Known(part) if part == rust_decimal::Decimal::ONE)
        );
    }
}

#[test]
fn a_commune_code_of_today_may_have_named_another_place() {
    let areas = areas();
    let changed = areas
        .iter()
        .filter(|area| area.level == Level::Commune && area.parent == Some(key("66@2025-07-01")))
        .filter(|area| {
            let before = find(&areas, &format!("{}@", area.code));
            !before.valid_on(MERGER) && before.full_name != area.full_name
        })
        .count();
    // Every one of the 102 codes existed before; 32 kept their full name, 70 now name another commune.
    assert_eq!(changed, 70);
}

#[test]
fn a_renaming_changes_the_name_and_not_the_key() {
    let areas = areas();
    let dong_nai = find(&areas, "75@2025-07-01");
    assert_eq!(dong_nai.full_name_on(date(2026, 4, 29)), "Tỉnh Đồng Nai");
    assert_eq!(
        dong_nai.full_name_on(date(2026, 4, 30)),
        "Thành phố Đồng Nai"
    );
}

#[test]
fn an_ended_area_says_where_it_went_or_that_nobody_knows() {
    for area in areas().iter().filter(|area| area.valid_to.is_some()) {
        let unknown = area
            .succession
            .as_ref()
            .is_some_and(catalogue::Source::is_unverified);
        assert!(unknown || !area.successors.is_empty(), "{}", area.key());
    }
}
