//! The figures of `demo/observations.csv` (real, with their sources) and of
//! `demo/observations-minh-hoa.csv` (invented, and saying so).

use access::{OrgId, Refusal};
use catalogue::{Id, Stage};
use jiff::civil::Date;
use observation::{Book, Figure, ObservationId, Publish, Record, SeriesKey};
use rust_decimal::Decimal;
use serde::Deserialize;
use viet::{AreaKey, Period};

use super::world::World;
use crate::{Fault, embedded};

/// One line of the files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    indicator: Id,
    area_key: AreaKey,
    period: Period,
    value: Decimal,
    /// Written for people who read the file; the definition says it for the program.
    #[serde(rename = "unit")]
    _unit: String,
    stage: Stage,
    /// The day it was published.
    pub vintage: Date,
    source: String,
    source_url: Option<String>,
    note: Option<String>,
    /// Is it a figure that somebody published?
    #[serde(skip)]
    real: bool,
}

/// All rows of both files.
pub fn rows() -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    for (file, real) in [
        ("observations.csv", true),
        ("observations-minh-hoa.csv", false),
    ] {
        let text = embedded::demo_text(file)?;
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row.map_err(|error| format!("demo/{file}: {error}"))?;
            rows.push(Row { real, ..row });
        }
    }
    Ok(rows)
}

/// Records a figure, by the statistics office or, if it is invented, by the department that keeps the
/// programme, which also shows the real ones to everybody.
pub async fn record(world: &World, row: &Row) -> Result<(), Fault> {
    let (login, organisation) = match row.real {
        true => ("thongke", "thong-ke-tinh"),
        false => ("khcn.dm", "so-khcn"),
    };
    let command = Record {
        id: ObservationId::new(),
        key: SeriesKey::new(row.indicator.clone(), row.area_key),
        figure: Figure {
            period: row.period,
            value: row.value,
            numerator: None,
            denominator: None,
            stage: row.stage,
            vintage: row.vintage,
            source: row.source.clone(),
            source_url: row.source_url.clone().filter(|url| !url.is_empty()),
            method: None,
            note: row.note.clone().filter(|note| !note.is_empty()),
        },
        organisation: OrgId(organisation.into()),
        evidence: Vec::new(),
        acknowledge: true,
        expected: None,
    };
    let named = |refusal: Refusal| {
        let (indicator, area, period) = (&row.indicator, row.area_key, row.period);
        format!("{indicator} of {area}, {period}: {refusal:?}")
    };
    let directory = world.directory().await?;
    let (scope, book) = (world.scope(login).await?, Book::new(&directory));
    observation::record(&world.journal, &scope, &command, book, None)
        .await
        .map_err(named)?;
    if row.real {
        let publish = Publish {
            id: command.id,
            expected: None,
        };
        let scope = world.scope("khcn").await?;
        observation::publish(&world.journal, &scope, &publish, None)
            .await
            .map_err(named)?;
    }
    Ok(())
}
