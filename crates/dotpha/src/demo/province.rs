//! The demo at the size of a province: 300 officers, 60 documents, 3,000 tasks, a million figures.
//!
//! All of it is generated, the same every time, and says so. It serves for measuring, on top of the
//! small demo, which stays as it is.

mod figures;
mod random;
mod text;

use access::{OrgId, Role};
use activation::Directory;
use catalogue::{Organisation, OrganisationKind};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use programme::programme::ProgrammeFields;
use programme::{IntoProgramme, ProgrammeId};
use viet::DateRange;

pub use figures::{Batch, accept, batches};
use random::Random;

use super::documents::{adopt, take_in};
use super::tasks::{Assigned, Event};
use super::world::{Person, World};
use crate::{Fault, embedded};

/// Accounts besides those of the small demo.
const OFFICERS: usize = 300;
/// Documents besides those of the small demo.
const DOCUMENTS: usize = 60;
/// Documents of one programme.
const OF_PROGRAMME: usize = 5;
/// Tasks of one document.
const TASKS: usize = 50;
/// The day by which every event has happened: the last of the small demo.
const END: Date = date(2026, 11, 20);

/// A generated document with its tasks.
pub struct Plan {
    /// The day it comes in.
    pub day: Date,
    /// Which, from 0.
    number: usize,
    text: String,
    /// Its tasks and what becomes of them.
    pub tasks: Vec<Assigned>,
}

/// What is generated, from the definitions of the binary.
pub struct Province {
    directory: Directory,
}

impl Province {
    /// The province of the built-in definitions.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self {
            directory: embedded::directory()?,
        })
    }

    /// Organisations that tasks are given to.
    fn organisations(&self) -> Vec<&Organisation> {
        use OrganisationKind::*;
        let takes_tasks = |o: &&Organisation| {
            let kind = matches!(
                o.kind,
                CommuneCommittee
                    | Department
                    | Office
                    | VerticalBody
                    | PartyBody
                    | Front
                    | ServiceUnit
            );
            kind && o.valid_from.is_none_or(|from| from <= date(2025, 7, 1))
        };
        let list = self.directory.organisations().list(date(2026, 1, 1));
        list.into_iter().filter(takes_tasks).collect()
    }

    /// The officers: at least one for every organisation.
    pub fn officers(&self) -> Vec<Person> {
        let organisations = self.organisations();
        let person = |n: usize| Person {
            login: format!("cb{:03}", n + 1),
            name: text::name(n),
            role: Role::FocalOfficer,
            organisation: organisations
                .get(n % organisations.len().max(1))
                .map(|o| OrgId(o.id.to_string())),
        };
        (0..OFFICERS).map(person).collect()
    }

    /// The documents.
    pub fn plans(&self) -> Vec<Plan> {
        (0..DOCUMENTS).map(|number| self.plan(number)).collect()
    }

    fn plan(&self, number: usize) -> Plan {
        let day = date(2025, 9, 25)
            .checked_add((number as i64 * 4).days())
            .unwrap_or(END);
        let organisations = self.organisations();
        let mut random = Random::of(&[number as u64]);
        let tasks: Vec<Assigned> = (1..=TASKS)
            .map(|order| {
                let mut pick = || organisations.get(random.below(organisations.len()));
                let (lead, support) = (pick(), pick());
                let id = |o: Option<&&Organisation>| {
                    OrgId(o.map_or(String::new(), |o| o.id.to_string()))
                };
                let deadline = day
                    .checked_add((30 + random.below(560) as i64).days())
                    .unwrap_or(END);
                Assigned {
                    file: file(number),
                    order,
                    title: text::subject(number, order),
                    lead: id(lead),
                    support: vec![id(support)],
                    deadline: Some(deadline),
                    product: Some("Báo cáo kết quả".into()),
                    events: events(day, deadline, &mut random),
                }
            })
            .collect();
        Plan {
            day,
            number,
            text: text::plan(number, day, &tasks, &self.directory),
            tasks,
        }
    }
}

fn file(number: usize) -> String {
    format!("ke-hoach-sinh-ra-{:02}.txt", number + 1)
}

/// What becomes of a task: two in five are done, some late, some returned, some given more time.
fn events(assigned: Date, deadline: Date, random: &mut Random) -> Vec<Event> {
    let after = |from: Date, days: usize| from.checked_add((days as i64).days()).unwrap_or(END);
    let length = (deadline - assigned).get_days().max(10) as usize;
    let text = || "Đã thực hiện, kết quả sinh ra để thử tải.".to_owned();
    let submitted = after(assigned, length / 2 + random.below(length * 3 / 5));
    let judged = after(submitted, 2 + random.below(12));
    let mut events = match random.below(100) {
        0..55 => vec![
            Event::Submit {
                on: submitted,
                text: text(),
            },
            Event::Confirm { on: judged },
        ],
        55..65 => vec![
            Event::Submit {
                on: submitted,
                text: text(),
            },
            Event::Return {
                on: judged,
                text: "Đề nghị bổ sung minh chứng.".into(),
            },
        ],
        65..72 => vec![Event::Extend {
            on: after(deadline, 0),
            to: after(deadline, 60),
            text: "Chờ hướng dẫn, lý do sinh ra để thử tải.".into(),
            paper: "00/TB (minh họa)".into(),
        }],
        _ => vec![],
    };
    events.retain(|event| event.on() <= END);
    events
}

/// Takes a generated document in and adopts it into its programme.
pub async fn arrive(world: &mut World, plan: &Plan) -> Result<(), Fault> {
    let scope = world.scope("khcn").await?;
    let name = file(plan.number);
    take_in(world, &scope, &name, &plan.text).await?;
    let first = file(plan.number - plan.number % OF_PROGRAMME);
    let into = match world.programmes.get(&first) {
        Some(known) => IntoProgramme::Existing(*known),
        None => IntoProgramme::New(ProgrammeId::new(), fields(plan)?),
    };
    world.programmes.insert(first, into.id());
    adopt(world, &scope, &name, into, &plan.tasks).await?;
    println!(
        "{}: {name}, {} nhiệm vụ / tasks",
        plan.day,
        plan.tasks.len()
    );
    Ok(())
}

fn fields(plan: &Plan) -> Result<ProgrammeFields, Fault> {
    let number = plan.number / OF_PROGRAMME + 1;
    Ok(ProgrammeFields {
        title: format!("Chương trình thử tải số {number} (sinh ra tự động)"),
        number: Some(format!("{}/KH-TT", 700 + plan.number)),
        issuer: Some("Ủy ban nhân dân tỉnh".into()),
        area: "66@2025-07-01".parse()?,
        period: DateRange::new(plan.day, Some(date(2031, 1, 1)))
            .ok_or("a programme ends after it begins")?,
    })
}
