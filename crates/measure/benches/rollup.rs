//! The work a statistics server does for a page of a province, on the rows of the peer's `rollup_peer`.
//! `ITEMS=1000` for 12.24 million values; 100 (1.22 million) else.

#[allow(dead_code, reason = "shared with the runner beside the peers")]
mod peer;

use measure::rollup::{AreaSlot, CellSlot, Columns, IndicatorSlot, Key, View};
use peer::{answers, items, month, peer, territory, values};
use rust_decimal::Decimal;

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

#[divan::bench]
fn q1_two_items_by_month(bencher: divan::Bencher) {
    bencher.bench_local(|| answers(1));
}

#[divan::bench]
fn q2_twenty_items_by_commune(bencher: divan::Bencher) {
    bencher.bench_local(|| answers(2));
}

#[divan::bench(sample_count = 20)]
fn q3_all_items_by_region_and_year(bencher: divan::Bencher) {
    bencher.bench_local(|| answers(3));
}

#[divan::bench]
fn q4_last_of_every_commune(bencher: divan::Bencher) {
    bencher.bench_local(|| answers(4));
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
