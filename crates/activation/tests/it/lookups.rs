//! The directory without a database.

use std::collections::BTreeSet;

use access::OrgId;
use activation::{Directory, Pinned, TreeNode};
use catalogue::{Definition, Hierarchy, hash_hex};
use jiff::civil::date;
use viet::{AreaCode, AreaKey};

use crate::sample;

fn invented() -> Directory {
    let definitions = [
        sample::areas("1", "Núi Gần"),
        sample::organisations("1", "Sở TTTT"),
    ];
    let pin = |definition: Definition| Pinned {
        hash: hash_hex(&definition),
        definition,
    };
    Directory::of(1, definitions.into_iter().map(pin).collect())
}

fn key(text: &str) -> AreaKey {
    text.parse().expect("a key")
}

fn ids(orgs: &BTreeSet<OrgId>) -> Vec<&str> {
    orgs.iter().map(|org| org.0.as_str()).collect()
}

#[test]
fn a_recycled_code_means_what_it_meant_that_day() {
    let directory = invented();
    let areas = directory.areas();
    let code: AreaCode = "97".parse().expect("a code");
    let name = |day| areas.on(code, day).map(|area| area.name.as_str());
    assert_eq!(name(date(2025, 6, 30)), Some("Sông Xa"));
    assert_eq!(name(date(2025, 7, 1)), Some("Núi Gần"));
    let lives: Vec<String> = areas
        .lives(code)
        .map(|area| area.key().to_string())
        .collect();
    assert_eq!(lives, ["97@", "97@2025-07-01"]);
    // A longer code that begins alike is another one.
    assert_eq!(areas.lives("970".parse().expect("a code")).count(), 1);
}

#[test]
fn what_became_of_a_territory() {
    let directory = invented();
    let areas = directory.areas();
    let (before, after) = (date(2025, 6, 30), date(2025, 7, 1));
    let new = BTreeSet::from([key("97@2025-07-01")]);
    assert_eq!(
        areas.holders(key("98@"), before),
        BTreeSet::from([key("98@")])
    );
    assert_eq!(areas.holders(key("98@"), after), new);
    assert_eq!(
        areas.holders(key("970@"), after),
        BTreeSet::new(),
        "nobody has recorded it"
    );
    assert_eq!(
        areas.provinces_of(key("970@"), after),
        new,
        "its province is known all the same"
    );
    assert_eq!(
        areas.provinces_of(key("970@"), before),
        BTreeSet::from([key("97@")])
    );
    let children = |day| areas.children(key("VN@"), day).len();
    assert_eq!((children(before), children(after)), (2, 1));
    let named: Vec<_> = areas
        .named("tinh nui gan", before)
        .iter()
        .map(|a| a.key())
        .collect();
    assert_eq!(named, [key("98@")]);
}

#[test]
fn hierarchies_have_dates() {
    let directory = invented();
    let organisations = directory.organisations();
    let (head, party) = (OrgId("uy-ban".into()), OrgId("dang-uy".into()));
    let subtree = |id: &OrgId, hierarchy, day| organisations.subtree(id, hierarchy, day);
    let early = subtree(&head, Hierarchy::State, date(2025, 2, 1));
    assert_eq!(ids(&early), ["so-cu", "trung-tam", "uy-ban"]);
    let late = subtree(&head, Hierarchy::State, date(2025, 3, 1));
    assert_eq!(ids(&late), ["so-moi", "trung-tam", "uy-ban"]);
    let members = |day| ids(&subtree(&party, Hierarchy::Party, day)).len();
    assert_eq!(members(date(2025, 6, 30)), 1);
    assert_eq!(members(date(2026, 5, 31)), 2);
    assert_eq!(members(date(2026, 6, 1)), 1);
    let unknown = OrgId("khong-co".into());
    assert_eq!(
        ids(&subtree(&unknown, Hierarchy::State, date(2026, 1, 1))),
        ["khong-co"]
    );
}

fn flat(nodes: &[TreeNode]) -> String {
    let one = |node: &TreeNode| match flat(&node.children) {
        below if below.is_empty() => node.id.0.clone(),
        below => format!("{}({below})", node.id.0),
    };
    nodes.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_tree_of_a_day() {
    let directory = invented();
    let organisations = directory.organisations();
    let tree = |hierarchy, day| flat(&organisations.tree(hierarchy, day));
    let day = date(2026, 3, 1);
    // By name: "Đảng ủy" before "Ủy ban"; the Party body stands in no hierarchy and is not lost.
    assert_eq!(
        tree(Hierarchy::State, day),
        "dang-uy uy-ban(so-moi(trung-tam))"
    );
    assert_eq!(tree(Hierarchy::Party, day), "dang-uy(so-moi)");
    assert_eq!(tree(Hierarchy::Front, day), "");
}

#[test]
fn names_and_successors_of_a_day() {
    let directory = invented();
    let organisations = directory.organisations();
    let id = OrgId("so-moi".into());
    let name = |day| organisations.name(&id, day).map(|name| name.vi.as_str());
    assert_eq!(name(date(2025, 12, 31)), Some("Sở Thông tin"));
    assert_eq!(name(date(2026, 1, 1)), Some("Sở Số"));
    let ended = OrgId("so-cu".into());
    assert_eq!(
        ids(&organisations.holders(&ended, date(2025, 2, 28))),
        ["so-cu"]
    );
    assert_eq!(
        ids(&organisations.holders(&ended, date(2025, 3, 1))),
        ["so-moi"]
    );
    let listed: Vec<_> = organisations
        .list(date(2026, 1, 1))
        .iter()
        .map(|o| o.id.as_str())
        .collect();
    assert_eq!(listed, ["dang-uy", "so-moi", "trung-tam", "uy-ban"]);
}

#[test]
fn the_products_definitions_answer() {
    let directory = sample::directory();
    let day = date(2026, 3, 2);
    assert_eq!(directory.areas().provinces(day).len(), 34);
    assert_eq!(
        directory.areas().children(key("66@2025-07-01"), day).len(),
        102
    );
    let former = directory.areas().provinces_of(key("54@"), day);
    assert_eq!(former, BTreeSet::from([key("66@2025-07-01")]));
    assert!(directory.settings(day).is_some());
    assert!(directory.reports().next().is_some());
    for report in directory.reports() {
        assert!(
            directory
                .format(report.definition.report.format.as_str())
                .is_some()
        );
    }
    let below =
        directory
            .organisations()
            .subtree(&OrgId("ubnd-tinh".into()), Hierarchy::State, day);
    assert!(
        below.contains(&OrgId("so-khcn".into())) && below.len() > 102,
        "{}",
        below.len()
    );
    let indicator = directory
        .indicators()
        .get("broadband_coverage")
        .expect("an indicator");
    assert_eq!(
        indicator.hash,
        hash_hex(&Definition::Indicator(indicator.definition.clone()))
    );
    assert_eq!(
        directory.indicators().lexicon().len(),
        directory.indicators().list().count()
    );
}
