//! The work a statistics server does for a page of a province, on the rows of the peer's `rollup_peer`: 102
//! communes in 3 regions, 60 months, 2 cells. `ITEMS=1000` for 12.24 million values; 100 (1.22 million) else.

use std::sync::OnceLock;

use catalogue::Periodicity;
use measure::rollup::{
    AreaSlot, Assignment, CellSlot, Columns, Combine, IndicatorSlot, Key, OverTime, Place, Request,
    Rollup, Rule, Territory, View, roll,
};
use rust_decimal::Decimal;
use viet::Period;

fn main() {
    let peer = peer();
    let bytes = peer.columns.bytes();
    println!(
        "{} values in {:.1} MB, {:.1} bytes each",
        peer.columns.len(),
        bytes as f64 / 1e6,
        bytes as f64 / peer.columns.len() as f64
    );
    divan::main();
}

fn items() -> u32 {
    std::env::var("ITEMS").map_or(100, |text| text.parse().expect("a number of items"))
}

struct Peer {
    columns: Columns,
    province: Assignment,
    regions: Assignment,
    communes: Assignment,
}

fn peer() -> &'static Peer {
    static PEER: OnceLock<Peer> = OnceLock::new();
    PEER.get_or_init(|| {
        let territory = territory();
        let assign = |from, to| {
            let groups: Vec<AreaSlot> = (from..=to).map(AreaSlot).collect();
            territory.assign(&groups, 3, View::AsItWas)
        };
        Peer {
            columns: Columns::bulk(values(items())).expect("columns"),
            province: assign(1, 1),
            regions: assign(2, 4),
            communes: assign(5, 106),
        }
    })
}

/// Area 1 is the province, 2 to 4 its regions, 5 to 106 the communes; slot 0 is not used.
fn territory() -> Territory {
    let place = |at: u16| Place {
        level: [0, 1, 2][usize::from(at.min(2))] + u8::from(at > 4),
        parent: match at {
            0 | 1 => None,
            2..=4 => Some(AreaSlot(1)),
            _ => Some(AreaSlot(2 + (at - 4) % 3)),
        },
        valid_from: None,
        valid_to: None,
        successors: Vec::new(),
    };
    Territory::new((0..=106).map(place).collect()).expect("a territory")
}

fn month(at: i64) -> Period {
    let (year, month) = (2021 + at / 12, at % 12 + 1);
    Period::month(year as i16, month as u8).expect("a month")
}

fn values(items: u32) -> impl Iterator<Item = (Key, Decimal)> {
    (1..=items).flat_map(move |item| {
        (0..60).flat_map(move |at| {
            let period = month(at);
            (5..=106_u16).flat_map(move |area| {
                (1..=2_u16).map(move |cell| {
                    let value = i64::from(item) * 7_919
                        + at * 104_729
                        + i64::from(area) * 1_299_709
                        + i64::from(cell);
                    let key = Key {
                        indicator: IndicatorSlot(item),
                        period,
                        area: AreaSlot(area),
                        cell: CellSlot(cell),
                    };
                    (key, Decimal::from(value % 1_000))
                })
            })
        })
    })
}

fn query(assignment: &Assignment, item: u32, time: OverTime, periods: &[Period]) -> Rollup {
    let rule = Rule::Values {
        of: IndicatorSlot(item),
        time,
        combine: Combine::Sum,
    };
    let request = Request {
        rule: &rule,
        every: Periodicity::Month,
        assignment,
        periods,
        cell: None,
    };
    roll(&peer().columns, &request)
}

#[divan::bench]
fn q1_two_items_by_month(bencher: divan::Bencher) {
    let months: Vec<Period> = (48..60).map(month).collect();
    bencher
        .bench_local(|| [1, 2].map(|item| query(&peer().province, item, OverTime::Sum, &months)));
}

#[divan::bench]
fn q2_twenty_items_by_commune(bencher: divan::Bencher) {
    bencher.bench_local(|| {
        (1..=20)
            .map(|item| query(&peer().communes, item, OverTime::Sum, &[Period::Year(2025)]))
            .collect::<Vec<_>>()
    });
}

#[divan::bench(sample_count = 20)]
fn q3_all_items_by_region_and_year(bencher: divan::Bencher) {
    let years: Vec<Period> = (2021..=2025).map(Period::Year).collect();
    bencher.bench_local(|| {
        (1..=items())
            .map(|item| query(&peer().regions, item, OverTime::Sum, &years))
            .collect::<Vec<_>>()
    });
}

#[divan::bench]
fn q4_last_of_every_commune(bencher: divan::Bencher) {
    let all = Period::years(2016, 2025).expect("years");
    bencher
        .bench_local(|| [1, 2, 3].map(|item| query(&peer().regions, item, OverTime::Last, &[all])));
}

#[divan::bench]
fn a_value_put_in_its_place(bencher: divan::Bencher) {
    let mut columns = peer().columns.clone();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 1) % 60;
        let key = Key {
            indicator: IndicatorSlot(1),
            period: month(at),
            area: AreaSlot(50),
            cell: CellSlot(3),
        };
        columns.set(key, Some(Decimal::ONE))?;
        columns.set(key, None)
    });
}

#[divan::bench(sample_count = 3)]
fn filled_from_rows(bencher: divan::Bencher) {
    bencher.bench_local(|| Columns::bulk(values(items())));
}

#[divan::bench]
fn assigned(bencher: divan::Bencher) {
    let territory = territory();
    let groups = [AreaSlot(2), AreaSlot(3), AreaSlot(4)];
    bencher.bench_local(|| territory.assign(&groups, 3, View::AsItWas));
}
