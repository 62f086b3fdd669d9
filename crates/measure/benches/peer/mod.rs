//! The rows and the four questions of the peers' `rollup_peer`: 102 communes in 3 regions, 60 months, 2 cells.

use std::sync::OnceLock;

use catalogue::Periodicity;
use measure::rollup::{
    AreaSlot, Assignment, CellSlot, Columns, Combine, IndicatorSlot, Key, OverTime, Place, Request,
    Rollup, Rule, Territory, View, roll,
};
use rust_decimal::Decimal;
use viet::Period;

/// Indicators: `ITEMS=1000` for 12.24 million values; 100 (1.22 million) else.
pub fn items() -> u32 {
    std::env::var("ITEMS").map_or(100, |text| text.parse().expect("a number of items"))
}

/// The values, and what the areas are grouped by.
pub struct Peer {
    pub columns: Columns,
    pub province: Assignment,
    pub regions: Assignment,
    pub communes: Assignment,
}

/// Filled once.
pub fn peer() -> &'static Peer {
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
pub fn territory() -> Territory {
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

pub fn month(at: i64) -> Period {
    let (year, month) = (2021 + at / 12, at % 12 + 1);
    Period::month(year as i16, month as u8).expect("a month")
}

pub fn values(items: u32) -> impl Iterator<Item = (Key, Decimal)> {
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

pub fn query(assignment: &Assignment, item: u32, time: OverTime, periods: &[Period]) -> Rollup {
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

/// The answers to a question, one for each indicator.
pub fn answers(question: u8) -> Vec<Rollup> {
    let peer = peer();
    let all = |assignment, items: u32, time, periods: &[Period]| {
        (1..=items)
            .map(|item| query(assignment, item, time, periods))
            .collect()
    };
    match question {
        1 => all(&peer.province, 2, OverTime::Sum, &periods(1)),
        2 => all(&peer.communes, 20, OverTime::Sum, &periods(2)),
        3 => all(&peer.regions, items(), OverTime::Sum, &periods(3)),
        4 => all(&peer.regions, 3, OverTime::Last, &periods(4)),
        _ => Vec::new(),
    }
}

/// The periods that a question is about.
pub fn periods(question: u8) -> Vec<Period> {
    match question {
        1 => (48..60).map(month).collect(),
        2 => vec![Period::Year(2025)],
        3 => (2021..=2025).map(Period::Year).collect(),
        _ => vec![Period::years(2016, 2025).expect("years")],
    }
}
