//! What happens in the demo province, day by day.

use jiff::civil::{Date, date};
use programme::Given;
use programme::programme::ProgrammeCommand;

use super::province::{self, Province};
use super::seasons::{self, Season};
use super::tasks::{self, Assigned, Event};
use super::world::{Person, World, people};
use super::{documents, figures, parts, reports, survey};
use crate::Fault;
use access::Role;

/// One thing that happens.
enum Step {
    /// Definitions in force, accounts open.
    Begin,
    /// A figure is recorded.
    Figure(Box<figures::Row>),
    /// A document comes in.
    Document(documents::Arrival),
    /// The programme is shown to everybody.
    Publish,
    /// Something about a task.
    Task(Assigned, Event),
    /// An index season is opened.
    Season(Box<Season>),
    /// Something in the season of a year.
    InSeason(i16, Box<seasons::Event>),
    /// Something about the breakdown of a target.
    Parts(Box<parts::Event>),
    /// The quarterly report.
    Report,
    /// A survey is handed in and told.
    Survey,
    /// The officers of a whole province.
    Officers,
    /// One of its generated documents.
    Plan(Box<province::Plan>),
    /// Many of its generated figures.
    Batch(province::Batch),
}

/// The day on which the province begins to use Đột Phá.
const FIRST_DAY: Date = date(2025, 2, 3);

/// Tells the story up to yesterday, with all that a whole province has when there is one.
pub async fn tell(world: &mut World, province: Option<&Province>) -> Result<(), Fault> {
    let today = world.journal.today();
    let mut steps = steps()?;
    if let Some(province) = province {
        steps.extend(province_steps(province));
    }
    steps.sort_by_key(|(day, _)| *day);
    for (day, step) in steps.into_iter().filter(|(day, _)| *day < today) {
        world.go_to(day)?;
        happen(world, province, step)
            .await
            .map_err(|fault| format!("demo, {day}: {fault}"))?;
    }
    Ok(())
}

fn province_steps(province: &Province) -> Vec<(Date, Step)> {
    let mut steps = vec![(FIRST_DAY, Step::Officers)];
    for mut plan in province.plans() {
        let tasks = std::mem::take(&mut plan.tasks);
        for task in &tasks {
            let step = |event: &Event| (event.on(), Step::Task(task.clone(), event.clone()));
            steps.extend(task.events.iter().map(step));
        }
        plan.tasks = tasks;
        steps.push((plan.day, Step::Plan(Box::new(plan))));
    }
    let batches = province::batches().into_iter();
    steps.extend(batches.map(|batch| (batch.day, Step::Batch(batch))));
    steps
}

fn steps() -> Result<Vec<(Date, Step)>, Fault> {
    use documents::Arrival::*;
    let mut steps = vec![
        (FIRST_DAY, Step::Begin),
        (date(2025, 9, 18), Step::Document(Programme)),
        (date(2025, 10, 1), Step::Publish),
        (date(2025, 10, 23), Step::Document(Plan)),
        (date(2026, 3, 10), Step::Document(Secret)),
        (date(2025, 10, 20), Step::Survey),
        (date(2026, 9, 16), Step::Report),
        (date(2026, 11, 6), Step::Document(News)),
        (date(2026, 11, 19), Step::Document(Draft)),
    ];
    for task in tasks::assigned()? {
        let step = |event: &Event| (event.on(), Step::Task(task.clone(), event.clone()));
        steps.extend(task.events.iter().map(step));
    }
    for season in seasons::seasons()? {
        let step = |event: &seasons::Event| {
            let event = Box::new(event.clone());
            (event.on(), Step::InSeason(season.year, event))
        };
        steps.extend(season.events.iter().map(step));
        steps.push((season.opened, Step::Season(Box::new(season))));
    }
    let parts = parts::events()?.into_iter();
    steps.extend(parts.map(|event| (event.on, Step::Parts(Box::new(event)))));
    for row in figures::rows()? {
        // A figure comes in a few days after it was published, and none before there was a place for it.
        let day = (row.vintage + jiff::Span::new().days(3)).max(date(2025, 2, 10));
        steps.push((day, Step::Figure(Box::new(row))));
    }
    Ok(steps)
}

async fn happen(world: &mut World, province: Option<&Province>, step: Step) -> Result<(), Fault> {
    match step {
        Step::Begin => begin(world).await,
        Step::Figure(row) => figures::record(world, &row).await,
        Step::Document(arrival) => documents::arrive(world, arrival).await,
        Step::Publish => {
            let (scope, id) = (world.scope("khcn").await?, world.programme()?);
            let publish = ProgrammeCommand::Publish;
            let given = Given::default();
            programme::programme::command(&world.journal, &scope, &given, id, &publish).await?;
            Ok(())
        }
        Step::Task(task, event) => tasks::happen(world, &task, &event).await,
        Step::Season(season) => seasons::open(world, &season).await,
        Step::InSeason(year, event) => seasons::happen(world, year, &event).await,
        Step::Parts(event) => parts::happen(world, &event).await,
        Step::Report => reports::quarterly(world).await,
        Step::Survey => survey::hand_in(world).await,
        Step::Officers => match province {
            Some(province) => world.open_accounts(province.officers()).await,
            None => Ok(()),
        },
        Step::Plan(plan) => province::arrive(world, &plan).await,
        Step::Batch(batch) => match province {
            Some(province) => province::accept(world, province, &batch).await,
            None => Ok(()),
        },
    }
}

/// Definitions, the people of the demo, and a focal officer for every other agency that leads a task.
async fn begin(world: &mut World) -> Result<(), Fault> {
    world.activate().await?;
    world.open_accounts(people()?).await?;
    let directory = world.directory().await?;
    let mut others: Vec<Person> = Vec::new();
    for task in tasks::assigned()? {
        let lead = task.lead;
        let known = others
            .iter()
            .any(|p| p.organisation.as_ref() == Some(&lead));
        if known || world.has_officer(&lead) {
            continue;
        }
        let name = directory
            .organisations()
            .name(&lead, date(2026, 1, 1))
            .ok_or_else(|| format!("demo/tasks.toml: there is no organisation {lead}"))?;
        others.push(Person {
            login: lead.0.clone(),
            name: format!("Cán bộ đầu mối, {}", name.short),
            role: Role::FocalOfficer,
            organisation: Some(lead),
        });
    }
    world.open_accounts(others).await
}
