//! A million generated figures, in batches.

use access::OrgId;
use catalogue::{Indicator, Stage, Unit};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use observation::{AcceptBatch, BatchId, BatchRow, Book, Figure, SeriesKey};
use rust_decimal::Decimal;
use viet::{AreaKey, Calendar, Period};

use super::super::world::World;
use super::random::Random;
use super::{END, Province};
use crate::Fault;

/// Periods of one batch: with 78 indicators and 103 areas some 50,000 rows.
const OF_BATCH: usize = 6;

/// Said of every figure.
const SOURCE: &str = "Số liệu sinh ra để thử tải";

/// The province of the demo.
const PROVINCE: &str = "66@2025-07-01";

/// Periods whose figures come in together.
pub struct Batch {
    /// The day they come in.
    pub day: Date,
    periods: Vec<(Period, Date)>,
}

/// All batches: years from 2011, quarters from 2016, months from 2021, by the day they were published.
pub fn batches() -> Vec<Batch> {
    let mut periods: Vec<Period> = (2011..=2025).map(Period::Year).collect();
    let quarters =
        (2016..=2026).flat_map(|year| (1..=4).filter_map(move |q| Period::quarter(year, q)));
    let months =
        (2021..=2026).flat_map(|year| (1..=12).filter_map(move |m| Period::month(year, m)));
    periods.extend(quarters.chain(months));
    let mut published: Vec<(Period, Date)> = periods
        .into_iter()
        .filter_map(|period| {
            let end = period.range(Calendar::Civil).to()?;
            Some((period, end.checked_add(20.days()).ok()?))
        })
        .filter(|(_, vintage)| *vintage < END)
        .collect();
    published.sort_by_key(|(_, vintage)| *vintage);
    let begin = date(2025, 3, 3);
    published
        .chunks(OF_BATCH)
        .map(|chunk| Batch {
            day: chunk
                .iter()
                .fold(begin, |day, (_, vintage)| day.max(*vintage)),
            periods: chunk.to_vec(),
        })
        .collect()
}

/// Records a batch and says so.
pub async fn accept(world: &World, province: &Province, batch: &Batch) -> Result<(), Fault> {
    let rows = rows(province, batch)?;
    let count = rows.len();
    let command = AcceptBatch {
        batch: BatchId::new(),
        rows,
        source: SOURCE.into(),
        organisation: OrgId("thong-ke-tinh".into()),
        evidence: Vec::new(),
        note: Some("Sinh ra tự động, không phải số liệu của tỉnh".into()),
        acknowledge: true,
        papers: vec![],
        left_out: 0,
        import: None,
        against: None,
    };
    let directory = world.directory().await?;
    let scope = world.scope("thongke").await?;
    observation::accept_batch(&world.journal, &scope, command, Book::new(&directory), None)
        .await
        .map_err(|refusal| format!("generated figures: {refusal:?}"))?;
    println!("{}: {count} số liệu / figures", batch.day);
    Ok(())
}

fn rows(province: &Province, batch: &Batch) -> Result<Vec<BatchRow>, Fault> {
    let key: AreaKey = PROVINCE.parse()?;
    let areas = province.directory.areas();
    let mut keys = vec![key];
    keys.extend(areas.children(key, END).iter().map(|area| area.key()));
    let mut rows = Vec::new();
    for (i, pinned) in province.directory.indicators().list().enumerate() {
        for (a, area) in keys.iter().enumerate() {
            for (period, vintage) in &batch.periods {
                let figure = Figure {
                    period: *period,
                    value: value(&pinned.definition, (i, a), *period),
                    numerator: None,
                    denominator: None,
                    stage: Stage::Reported,
                    vintage: *vintage,
                    source: SOURCE.into(),
                    source_url: None,
                    method: None,
                    note: None,
                };
                rows.push(BatchRow {
                    key: SeriesKey::new(pinned.definition.def.id.clone(), *area),
                    figure,
                });
            }
        }
    }
    Ok(rows)
}

/// A value that grows slowly from a place of its own for every indicator and area.
fn value(indicator: &Indicator, series: (usize, usize), period: Period) -> Decimal {
    let mut base = Random::of(&[17, series.0 as u64, series.1 as u64]);
    let place = base.below(400) as i64;
    let range = period.range(Calendar::Civil).from();
    let years = i64::from(range.year()) - 2010;
    let mut noise = Random::of(&[19, place as u64, years as u64, range.month() as u64]);
    // In thousandths of the whole way, 0 to 1000.
    let way = (100 + place + years * 20 + noise.below(20) as i64).clamp(0, 1000);
    let whole = |top: i64| Decimal::from(top * way / 1000);
    let value = match indicator.value.unit {
        Unit::Percent | Unit::Points => Decimal::new(way, 1),
        Unit::PercentPerYear => Decimal::new(way / 8, 1),
        Unit::Count(_) => whole(500),
        Unit::Times | Unit::Ratio => Decimal::new(way, 2),
        Unit::LevelOf7 => whole(7),
        Unit::Rank => Decimal::from(1 + (1000 - way) * 33 / 1000),
        Unit::Index => Decimal::new(way, 3),
        Unit::Per10kPeople => Decimal::new(way, 1),
        Unit::YesNo => Decimal::from(i64::from(way > 600)),
        Unit::BillionVnd => whole(40_000),
        Unit::MillionVndPerPerson => whole(120),
    };
    let plausible = indicator.value.plausible;
    plausible.map_or(value, |range| value.clamp(range.min, range.max))
}
