//! Series walked over, against the lists of the same store.

use access::{AsKnown, Page, Scope};
use catalogue::{Prevailing, Stage, VintageRule};
use journal::Seq;
use journal::testing::TestJournal;
use observation::{
    Filter, Knowledge, ObservationId, PeriodKind, Publish, Walk, Walked, Wanted, Withdraw, list,
    prevailing, publish, record, withdraw,
};

use crate::store::{fresh, now, written};
use crate::support::{TODAY, book, citizen, figure, focal, officer};
use crate::support::{key, record as command};

fn order() -> Prevailing {
    Prevailing {
        stages: Stage::ALL.into_iter().rev().collect(),
        vintage: VintageRule::Latest,
    }
}

async fn walked(test: &TestJournal, scope: &Scope, wanted: Wanted, of: Knowledge) -> Vec<Walked> {
    let mut walk = Walk::begin(&test.journal, scope, wanted, of).await.unwrap();
    let mut all = Vec::new();
    while let Some(series) = walk.next().await.unwrap() {
        all.push(series);
    }
    all
}

/// What prevailed after an entry, as (indicator, period, stage, value).
async fn cells(test: &TestJournal, scope: &Scope, wanted: Wanted, seq: Seq) -> Vec<String> {
    let series = walked(test, scope, wanted, Knowledge::At(seq)).await;
    let found = series.iter().flat_map(|s| s.at(seq, &order()));
    found.map(cell).collect()
}

fn cell(o: &observation::Observation) -> String {
    format!(
        "{} {} {} {} {}",
        o.key.indicator,
        o.key.area,
        o.figure.stage.word(),
        o.figure.period,
        o.figure.value
    )
}

struct Story {
    test: TestJournal,
    /// The entry after each step.
    after: Vec<Seq>,
    first: ObservationId,
}

/// Recorded, revised, published, withdrawn: over two indicators and stages.
async fn story() -> Story {
    let test = fresh().await;
    let journal = &test.journal;
    let mut after = Vec::new();
    let mut ids = Vec::new();
    for (indicator, period, value, stage, day) in [
        ("new_firms", "2024", "7", Stage::Reported, 1),
        ("new_firms", "2024", "9", Stage::Reported, 2),
        ("new_firms", "2024", "8", Stage::Official, 1),
        ("new_firms", "2024-Q3", "3", Stage::Official, 1),
        ("forest_cover", "2025", "41.5", Stage::Reported, 1),
    ] {
        let mut one = command(indicator, period, value);
        one.figure = figure(period, value, stage);
        one.figure.vintage = jiff::civil::date(2026, 2, day);
        one.acknowledge = true;
        ids.push(one.id);
        after.push(written(
            record(journal, &focal("so-nong"), &one, book(), None).await,
        ));
    }
    let show = Publish {
        id: ids[4],
        expected: None,
    };
    after.push(written(publish(journal, &officer(), &show, None).await));
    for id in [ids[1], ids[3]] {
        let gone = Withdraw {
            id,
            reason: "nhập nhầm".into(),
            expected: None,
        };
        after.push(written(
            withdraw(journal, &focal("so-nong"), &gone, None).await,
        ));
    }
    Story {
        test,
        after,
        first: ids[0],
    }
}

#[tokio::test]
async fn at_every_entry_the_walk_finds_what_the_list_finds() {
    let Story { test, after, .. } = story().await;
    for scope in [officer(), citizen(), focal("so-khac")] {
        for seq in &after {
            let as_known = AsKnown::at(*seq, TODAY);
            let filter = Filter::default();
            let all = list(test.journal.db(), &scope, &as_known, &filter, Page::ALL).await;
            let all = all.unwrap().rows;
            let mut expected: Vec<String> = all
                .iter()
                .filter(|o| {
                    let rivals = all.iter().filter(|r| {
                        (&r.key, r.figure.period, r.figure.stage)
                            == (&o.key, o.figure.period, o.figure.stage)
                    });
                    prevailing(rivals, &order()).map(|p| p.id) == Some(o.id)
                })
                .map(cell)
                .collect();
            let mut found = cells(&test, &scope, Wanted::default(), *seq).await;
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{seq}");
        }
    }
}

#[tokio::test]
async fn a_walk_is_narrowed_by_each_dimension() {
    let Story { test, after, .. } = story().await;
    let until = after[4];
    let wanted = |change: fn(&mut Wanted)| {
        let mut wanted = Wanted::default();
        change(&mut wanted);
        wanted
    };
    for (wanted, count) in [
        (Wanted::default(), 4),
        (
            wanted(|w| w.indicators = vec!["forest_cover".parse().unwrap()]),
            1,
        ),
        (wanted(|w| w.areas = vec!["14@".parse().unwrap()]), 0),
        (wanted(|w| w.stages = vec![Stage::Official]), 2),
        (wanted(|w| w.kinds = vec![PeriodKind::Quarter]), 1),
        (
            wanted(|w| w.organisations = vec![access::OrgId("so-khac".into())]),
            0,
        ),
        (wanted(|w| w.from = Some(jiff::civil::date(2024, 7, 1))), 2),
        (
            wanted(|w| w.before = Some(jiff::civil::date(2024, 10, 1))),
            1,
        ),
    ] {
        let found = cells(&test, &officer(), wanted.clone(), until).await;
        assert_eq!(found.len(), count, "{wanted:?}: {found:?}");
    }
}

/// What a reader who knew the state after one entry has to do to know that after another.
#[tokio::test]
async fn changes_lead_from_any_entry_to_any_later_one() {
    let Story { test, after, .. } = story().await;
    for scope in [officer(), citizen()] {
        for (at, from) in after.iter().enumerate() {
            for until in &after[at..] {
                let mut held = cells_seen(&test, &scope, *from).await;
                let knowledge = Knowledge::Changed {
                    after: *from,
                    until: *until,
                };
                for series in walked(&test, &scope, Wanted::default(), knowledge).await {
                    let changes = series.changes((*from, *until), &order());
                    for gone in changes.went {
                        let gone = cell(gone);
                        let at = held.iter().position(|known| *known == gone);
                        held.remove(at.unwrap_or_else(|| panic!("{gone} was not known")));
                    }
                    for new in changes.came {
                        let new = cell(new);
                        let place = new.rsplit_once(' ').unwrap().0.to_owned();
                        held.retain(|known| known.rsplit_once(' ').unwrap().0 != place);
                        held.push(new);
                    }
                }
                held.sort();
                let mut expected = cells(&test, &scope, Wanted::default(), *until).await;
                expected.sort();
                assert_eq!(held, expected, "{from} to {until}");
            }
        }
    }
}

/// What a reader saw who asked right after an entry: publication came with the sixth.
async fn cells_seen(test: &TestJournal, scope: &Scope, seq: Seq) -> Vec<String> {
    let published = test
        .journal
        .facts_of_kind("series.published", (0, Seq::MAX))
        .await
        .unwrap();
    let all = cells(test, scope, Wanted::default(), seq).await;
    let inside = scope.sees(access::Audience::Internal, &[]);
    let hidden = !inside && published[0].seq > seq;
    all.into_iter()
        .filter(|cell| !(hidden && cell.starts_with("forest_cover")))
        .collect()
}

#[tokio::test]
async fn at_every_entry_the_history_is_what_was_asked_then() {
    let Story { test, after, first } = story().await;
    let until = *after.last().unwrap();
    let entries = test.journal.entries_after(0, 100).await.unwrap();
    for scope in [officer(), citizen()] {
        let all = walked(&test, &scope, Wanted::default(), Knowledge::Ever(until)).await;
        for entry in &entries {
            let reigns = all.iter().flat_map(|series| series.reigns(until, &order()));
            let moment = entry.recorded_at;
            let held = reigns.filter(|r| r.from <= moment && r.to.is_none_or(|to| to > moment));
            let mut held: Vec<String> = held.map(|r| cell(r.observation)).collect();
            let mut expected = cells(&test, &scope, Wanted::default(), entry.seq).await;
            held.sort();
            expected.sort();
            assert_eq!(held, expected, "{}", entry.seq);
        }
    }
    // The first came back when the one that took its place was withdrawn.
    let all = walked(&test, &officer(), Wanted::default(), Knowledge::Ever(until)).await;
    let reigns = all.iter().flat_map(|series| series.reigns(until, &order()));
    assert_eq!(reigns.filter(|r| r.observation.id == first).count(), 2);
}

#[tokio::test]
async fn series_longer_than_a_page_come_whole() {
    let test = fresh().await;
    let rows: Vec<_> = (0..12_000)
        .map(|n| {
            let year = 1900 + n / 100;
            let period = format!("{year}-M{:02}", n % 12 + 1);
            let mut figure = figure(&period, &n.to_string(), Stage::Official);
            figure.vintage = jiff::civil::date(1990, 1, 1)
                .checked_add(jiff::Span::new().days(n))
                .unwrap();
            observation::BatchRow {
                key: key(
                    "new_firms",
                    ["12@2025-07-01", "14@"][usize::from(n % 5 == 0)],
                ),
                figure,
            }
        })
        .collect();
    let mut batch = crate::store::batch(rows);
    (batch.acknowledge, batch.note) = (true, Some("bảng thử".into()));
    let accepted = observation::accept_batch(&test.journal, &officer(), batch, book(), None).await;
    let seq = written(accepted);
    let all = walked(&test, &citizen(), Wanted::default(), Knowledge::At(seq)).await;
    let keys: Vec<String> = all.iter().map(|s| s.key.area.to_string()).collect();
    assert_eq!(keys, ["12@2025-07-01", "14@"]);
    let (filter, first) = (Filter::default(), Page::first(1));
    let listed = list(test.journal.db(), &citizen(), &now(), &filter, first).await;
    assert_eq!(listed.unwrap().total, 12_000);
    let places: std::collections::BTreeSet<_> =
        (0..12_000).map(|n| (n % 5 == 0, n / 100, n % 12)).collect();
    let found: usize = all.iter().map(|s| s.at(seq, &order()).len()).sum();
    assert_eq!(found, places.len());
}
