//! Targets of the demo broken down over agencies, as `demo/parts.toml` tells it. All of it is invented.

use access::{OrgId, Page};
use catalogue::{Id, OrganisationKind, Stage};
use jiff::civil::Date;
use observation::{Book, Breakdown, Figure, ObservationId, Record, SeriesKey};
use programme::cascade::{CascadeCommand, Guidance, Holder, HolderKind, PartCommand, YearValue};
use programme::target::{TargetFilter, TargetRow};
use programme::{Given, cascade};
use rust_decimal::Decimal;
use serde::Deserialize;
use viet::Period;

use super::world::World;
use crate::{Fault, embedded};

/// What every invented figure says of itself.
const INVENTED: &str = "Số minh họa, hư cấu";

/// One thing that happens to the breakdown of a target.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// The day.
    pub on: Date,
    /// Login of whoever does it.
    by: String,
    /// The indicator of the target.
    indicator: Id,
    /// What.
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum What {
    Guide(Guidance),
    Path {
        values: Vec<YearValue>,
        source: String,
    },
    Assign {
        organisation: OrgId,
        values: Vec<YearValue>,
    },
    Register {
        values: Vec<YearValue>,
    },
    Accept {
        organisation: OrgId,
        years: Vec<i16>,
    },
    Return {
        organisation: OrgId,
        years: Vec<i16>,
        reason: String,
    },
    Figure {
        period: Period,
        value: Decimal,
    },
}

/// The events of the file, in its order.
pub fn events() -> Result<Vec<Event>, Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        events: Vec<Event>,
    }
    Ok(toml::from_str::<File>(&embedded::demo_text("parts.toml")?)?.events)
}

async fn target(world: &World, event: &Event) -> Result<TargetRow, Fault> {
    let filter = TargetFilter {
        programme: Some(world.programme()?),
        indicator: Some(event.indicator.clone()),
        ..TargetFilter::default()
    };
    let (scope, now) = (
        world.scope("khcn").await?,
        access::AsKnown::now(world.journal.today()),
    );
    let found = programme::target::list(&world.journal, &scope, now, &filter, Page::ALL).await?;
    // A plan of one year may ask for the same: the programme's own target runs longest.
    let longest = |row: &TargetRow| row.target.terms.period.year;
    let missing = || {
        format!(
            "demo/parts.toml: no target is measured by {}",
            event.indicator
        )
    };
    Ok(found
        .rows
        .into_iter()
        .max_by_key(longest)
        .ok_or_else(missing)?)
}

async fn holder(world: &World, id: &OrgId) -> Result<Holder, Fault> {
    let directory = world.directory().await?;
    let organisation = directory.organisations().get(id);
    let missing = || format!("demo/parts.toml: there is no organisation {id}");
    let organisation = organisation.ok_or_else(missing)?;
    Ok(Holder {
        organisation: id.clone(),
        kind: match organisation.kind {
            OrganisationKind::CommuneCommittee => HolderKind::Commune {
                area: organisation.area,
            },
            _ => HolderKind::Department,
        },
    })
}

/// Lets an event happen.
pub async fn happen(world: &World, event: &Event) -> Result<(), Fault> {
    let target = target(world, event).await?;
    let scope = world.scope(&event.by).await?;
    let own = scope.organisation().cloned();
    let own = own.ok_or_else(|| format!("demo/parts.toml: {} has no organisation", event.by))?;
    let (organisation, command) = match event.what.clone() {
        What::Guide(guidance) => {
            return whole(world, event, &target, CascadeCommand::Guide(guidance)).await;
        }
        What::Path { values, source } => {
            let command = CascadeCommand::StatePath { values, source };
            return whole(world, event, &target, command).await;
        }
        What::Figure { period, value } => {
            let holder = holder(world, &own).await?;
            return figure(world, event, (&target, &holder), (period, value)).await;
        }
        What::Assign {
            organisation,
            values,
        } => {
            let holder = holder(world, &organisation).await?;
            let reason = String::new();
            let command = PartCommand::Assign {
                holder,
                values,
                reason,
            };
            (organisation, command)
        }
        What::Register { values } => {
            let holder = holder(world, &own).await?;
            (own, PartCommand::Register { holder, values })
        }
        What::Accept {
            organisation,
            years,
        } => (organisation, PartCommand::Accept(years)),
        What::Return {
            organisation,
            years,
            reason,
        } => (organisation, PartCommand::Return { years, reason }),
    };
    let (journal, of) = (&world.journal, (target.id, &organisation));
    cascade::part_command(journal, &scope, &Given::default(), of, &command).await?;
    Ok(())
}

async fn whole(
    world: &World,
    event: &Event,
    target: &TargetRow,
    command: CascadeCommand,
) -> Result<(), Fault> {
    let (scope, given) = (world.scope(&event.by).await?, Given::default());
    cascade::command(&world.journal, &scope, &given, target.id, &command).await?;
    Ok(())
}

async fn figure(
    world: &World,
    event: &Event,
    (target, holder): (&TargetRow, &Holder),
    (period, value): (Period, Decimal),
) -> Result<(), Fault> {
    let key = match holder.kind {
        HolderKind::Commune { area } => SeriesKey::new(event.indicator.clone(), area),
        HolderKind::Department => {
            let part = Breakdown::of_organisation(&holder.organisation);
            let part = part.ok_or("demo/parts.toml: an organisation without a code")?;
            SeriesKey::new(event.indicator.clone(), target.target.area).told_by(part)
        }
    };
    let command = Record {
        id: ObservationId::new(),
        key,
        figure: Figure {
            period,
            value,
            numerator: None,
            denominator: None,
            stage: Stage::Reported,
            vintage: event.on,
            source: INVENTED.into(),
            source_url: None,
            method: None,
            note: Some("không phải số liệu của tỉnh Đắk Lắk".into()),
        },
        organisation: holder.organisation.clone(),
        evidence: Vec::new(),
        acknowledge: true,
        expected: None,
    };
    let directory = world.directory().await?;
    let (scope, book) = (world.scope(&event.by).await?, Book::new(&directory));
    observation::record(&world.journal, &scope, &command, book, None).await?;
    Ok(())
}
