//! The documents of the demo: received, read, corrected, adopted, kept as reference, refused.

use access::{AsKnown, OrgId, Scope};
use activation::Directory;
use catalogue::Id;
use intake::Limits;
use jiff::civil::date;
use journal::Written;
use programme::document::{
    CorrectedReading, DocumentCommand, Origin, Received, StoredReading, TargetDraft, command, get,
    receive_and_read, refuse_secret,
};
use programme::programme::ProgrammeFields;
use programme::{
    AdoptReading, ChosenTarget, ChosenTask, DocumentId, FileRef, Given, IntoProgramme, ProgrammeId,
    TargetId, TaskId, adopt_reading,
};
use reading::{Comparator, PeriodKind, PeriodSource, TargetPeriod};
use serde::Deserialize;
use std::collections::BTreeMap;
use viet::{DateRange, Span};

use super::tasks;
use super::world::World;
use crate::{Fault, embedded};

/// A document that comes in.
#[derive(Debug, Clone, Copy)]
pub enum Arrival {
    /// The programme: corrected, adopted.
    Programme,
    /// The plan of a year: adopted into the same programme.
    Plan,
    /// A news item: kept as reference.
    News,
    /// Marked secret: refused.
    Secret,
    /// The plan of the next year: read, and waiting for whoever tries the reading view.
    Draft,
}

/// Takes a document in and does with it what is to be done.
pub async fn arrive(world: &mut World, arrival: Arrival) -> Result<(), Fault> {
    let scope = world.scope("khcn").await?;
    match arrival {
        Arrival::Programme => {
            let id = receive(world, &scope, "programme.txt").await?;
            correct(world, &scope, id).await?;
            let programme = ProgrammeId::new();
            let into = IntoProgramme::New(programme, programme_fields()?);
            adopt(world, &scope, "programme.txt", into, &tasks::assigned()?).await?;
            world.programme = Some(programme);
        }
        Arrival::Plan => {
            receive(world, &scope, "plan.txt").await?;
            let into = IntoProgramme::Existing(world.programme()?);
            adopt(world, &scope, "plan.txt", into, &tasks::assigned()?).await?;
        }
        Arrival::News => {
            let id = receive(world, &scope, "news.txt").await?;
            let keep = DocumentCommand::KeepAsReference;
            command(&world.journal, &scope, &Given::default(), id, &keep).await?;
        }
        Arrival::Draft => {
            receive(world, &scope, "plan-2027.txt").await?;
        }
        Arrival::Secret => {
            let text = embedded::demo_text("secret.txt")?;
            let mark = reading::secrecy(&text).ok_or("demo/secret.txt bears no mark")?;
            let (id, given) = (DocumentId::new(), Given::default());
            refuse_secret(&world.journal, &scope, &given, id, mark.level).await?;
        }
    }
    Ok(())
}

fn programme_fields() -> Result<ProgrammeFields, Fault> {
    Ok(ProgrammeFields {
        title: "Chương trình phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số tỉnh Đắk Lắk đến năm 2030"
            .into(),
        number: Some("99-CTr/TU".into()),
        issuer: Some("Ban Thường vụ Tỉnh ủy".into()),
        area: "66@2025-07-01".parse()?,
        period: DateRange::new(date(2025, 9, 15), Some(date(2031, 1, 1)))
            .ok_or("a programme ends after it begins")?,
    })
}

/// Takes a file of the demo in.
async fn receive(world: &mut World, scope: &Scope, file: &str) -> Result<DocumentId, Fault> {
    let text = embedded::demo_text(file)?;
    take_in(world, scope, file, &text).await
}

/// Takes a text in under a name, as the page of documents does: file and text stored, read, recorded.
pub async fn take_in(
    world: &mut World,
    scope: &Scope,
    name: &str,
    text: &str,
) -> Result<DocumentId, Fault> {
    let taken = intake::take(text.as_bytes(), name, &Limits::default())
        .map_err(|error| error.message("en"))?;
    let lexicon = server::lexicon(&*world.directory().await?);
    let reading = reading::read(&taken.text, &lexicon);
    let files = world.journal.files();
    let received = Received {
        file: FileRef {
            hash: files.put(text.as_bytes()).await?,
            name: name.to_owned(),
            media: "text/plain; charset=utf-8".into(),
            size: text.len() as u64,
        },
        intake: files.put(&serde_json::to_vec(&taken)?).await?,
        reading: StoredReading::of(taken.text, &reading),
        reader: concat!("reading ", env!("CARGO_PKG_VERSION")).into(),
    };
    let (id, given) = (DocumentId::new(), Given::default());
    receive_and_read(&world.journal, scope, &given, id, received)
        .await
        .map_err(|refusal| format!("{name}: {refusal:?}"))?;
    world.documents.insert(name.to_owned(), id);
    Ok(id)
}

/// A correction of `demo/corrections.toml`, of the target that contains its words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    words: String,
    comparator: Option<Comparator>,
    unit: Option<String>,
    reject: Option<String>,
    add_by: Option<i16>,
}

async fn correct(world: &World, scope: &Scope, id: DocumentId) -> Result<(), Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        targets: Vec<Correction>,
    }
    let file: File = toml::from_str(&embedded::demo_text("corrections.toml")?)?;
    for correction in file.targets {
        let reading = reading_of(world, scope, id).await?;
        let step = correction.command(&reading).ok_or_else(|| {
            format!(
                "demo/corrections.toml: nothing holds “{}”",
                correction.words
            )
        })?;
        let written = command(&world.journal, scope, &Given::default(), id, &step)
            .await
            .map_err(|refusal| format!("{}: {refusal:?}", correction.words))?;
        if written == Written::Nothing {
            return Err(format!(
                "demo/corrections.toml: “{}” changes nothing",
                correction.words
            )
            .into());
        }
    }
    Ok(())
}

impl Correction {
    fn command(&self, reading: &CorrectedReading) -> Option<DocumentCommand> {
        if let Some(year) = self.add_by {
            return Some(DocumentCommand::AddTarget(self.added(reading, year)?));
        }
        let target = reading
            .targets
            .iter()
            .find(|t| t.text.contains(&self.words))?;
        let id = target.id.clone();
        if let Some(reason) = self.reject.clone() {
            return Some(DocumentCommand::RejectTarget { id, reason });
        }
        let mut fields = target.fields.clone();
        let terms = &mut fields.terms;
        terms.comparator = self.comparator.or(terms.comparator);
        terms.unit = self.unit.clone().or_else(|| terms.unit.take());
        Some(DocumentCommand::CorrectTarget { id, fields })
    }

    /// A target without a number, where the words stand.
    fn added(&self, reading: &CorrectedReading, year: i16) -> Option<TargetDraft> {
        let text = &reading.source.text;
        let start = text[..text.find(&self.words)?].chars().count();
        let span = Span::new(start, start + self.words.chars().count())?;
        Some(TargetDraft {
            place: reading.source.place(span),
            value_span: None,
            terms: programme::TargetTerms {
                indicator: None,
                comparator: None,
                strict: false,
                value: None,
                value_max: None,
                unit: None,
                period: TargetPeriod {
                    kind: Some(PeriodKind::ByYear),
                    year: Some(year),
                    baseline: None,
                    source: PeriodSource::Explicit,
                },
            },
            lead: None,
            indicator_score: 0,
        })
    }
}

async fn reading_of(
    world: &World,
    scope: &Scope,
    id: DocumentId,
) -> Result<CorrectedReading, Fault> {
    let now = AsKnown::now(world.journal.today());
    let view = get(&world.journal, scope, now, id).await?;
    view.reading
        .ok_or_else(|| format!("{id} has not been read").into())
}

/// Adopts what stands in a reading: the targets but for those rejected, the tasks as they are assigned.
pub async fn adopt(
    world: &mut World,
    scope: &Scope,
    file: &str,
    into: IntoProgramme,
    assigned: &[tasks::Assigned],
) -> Result<(), Fault> {
    let document = *world
        .documents
        .get(file)
        .ok_or("the document has come in")?;
    let reading = reading_of(world, scope, document).await?;
    let directory = world.directory().await?;
    let responsible = responsible()?;
    let targets = reading
        .targets
        .iter()
        .filter(|item| item.origin != Origin::Rejected)
        .map(|item| ChosenTarget {
            item: item.id.clone(),
            id: TargetId::new(),
            responsible: answers(&responsible, item.fields.terms.indicator.as_ref()),
        });
    let mut tasks = Vec::new();
    for task in assigned.iter().filter(|task| task.file == file) {
        let item = task
            .order
            .checked_sub(1)
            .and_then(|at| reading.tasks.get(at));
        let item = item.ok_or_else(|| format!("{file} has no task {}", task.order))?;
        check_known(&directory, std::iter::once(&task.lead).chain(&task.support))?;
        let id = TaskId::new();
        world.tasks.insert((file.to_owned(), task.order), id);
        tasks.push(ChosenTask {
            title: Some(task.title.clone()),
            lead: Some(task.lead.clone()),
            supporting: task.support.clone(),
            deadline: task.deadline,
            product: task.product.clone(),
            order_number: Some(task.order.to_string()),
            ..ChosenTask::as_read(item.id.clone(), id)
        });
    }
    let adopt = AdoptReading {
        document,
        into,
        targets: targets.collect(),
        tasks,
    };
    adopt_reading(&world.journal, scope, &Given::default(), &adopt)
        .await
        .map_err(|refusal| format!("{file}: {refusal:?}"))?;
    Ok(())
}

fn check_known<'a>(
    directory: &Directory,
    organisations: impl Iterator<Item = &'a OrgId>,
) -> Result<(), Fault> {
    for organisation in organisations {
        directory
            .organisations()
            .get(organisation)
            .ok_or_else(|| format!("demo/tasks.toml: there is no organisation {organisation}"))?;
    }
    Ok(())
}

/// Who answers for which indicator.
type Responsible = BTreeMap<String, Vec<Id>>;

fn responsible() -> Result<Responsible, Fault> {
    Ok(toml::from_str(&embedded::demo_text("responsible.toml")?)?)
}

fn answers(responsible: &Responsible, indicator: Option<&Id>) -> Option<OrgId> {
    let (organisation, _) = responsible
        .iter()
        .find(|(_, indicators)| indicator.is_some_and(|id| indicators.contains(id)))?;
    Some(OrgId(organisation.clone()))
}
