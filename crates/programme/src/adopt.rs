//! Adopting a reading: one command, one entry, however many targets and tasks follow from it.

use std::collections::BTreeSet;

use access::{OrgId, Permission, Refusal, Scope};
use jiff::civil::Date;
use journal::{Journal, NewFact, Written};
use reading::DocumentKind;

use crate::document::{
    self, CorrectedReading, DocumentFact, DocumentState, Item, Origin, news_orders_nothing,
};
use crate::form::{Faults, optional};
use crate::programme::{ProgrammeFact, ProgrammeFields, ProgrammeState};
use crate::target::{AdoptedTarget, TargetFact};
use crate::task::{Agencies, AssignedTask, TaskFact};
use crate::{DocumentId, Given, ProgrammeId, TargetId, TaskId, refuse};

/// Adopt a reading, as a whole or in part, into a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptReading {
    /// The document.
    pub document: DocumentId,
    /// Into which programme.
    pub into: IntoProgramme,
    /// The targets to adopt.
    pub targets: Vec<ChosenTarget>,
    /// The tasks to adopt.
    pub tasks: Vec<ChosenTask>,
}

/// The programme that takes a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntoProgramme {
    /// Founded by this command.
    New(ProgrammeId, ProgrammeFields),
    /// One that exists.
    Existing(ProgrammeId),
}

impl IntoProgramme {
    /// Which one.
    pub fn id(&self) -> ProgrammeId {
        match self {
            IntoProgramme::New(id, _) | IntoProgramme::Existing(id) => *id,
        }
    }
}

/// A target to adopt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenTarget {
    /// Its id within the reading.
    pub item: String,
    /// The identity it gets.
    pub id: TargetId,
    /// Who answers for it.
    pub responsible: Option<OrgId>,
}

/// A task to adopt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenTask {
    /// Its id within the reading.
    pub item: String,
    /// The identity it gets.
    pub id: TaskId,
    /// Short title; taken from the text when there is none.
    pub title: Option<String>,
    /// The organisation the written lead was resolved to.
    pub lead: Option<OrgId>,
    /// The organisations the written supporting agencies were resolved to.
    pub supporting: Vec<OrgId>,
    /// The last day; taken from the reading when there is none.
    pub deadline: Option<Date>,
    /// What is to come out.
    pub product: Option<String>,
    /// On whose authority it is decided.
    pub authority: Option<String>,
    /// Its number within the document's list.
    pub order_number: Option<String>,
}

impl ChosenTask {
    /// A task with everything as it was read; the lead is not resolved.
    pub fn as_read(item: impl Into<String>, id: TaskId) -> Self {
        Self {
            item: item.into(),
            id,
            title: None,
            lead: None,
            supporting: vec![],
            deadline: None,
            product: None,
            authority: None,
            order_number: None,
        }
    }
}

/// What follows from adopting, by family.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    /// About the document.
    pub document: Vec<DocumentFact>,
    /// About the programme.
    pub programme: Vec<ProgrammeFact>,
    /// About each target.
    pub targets: Vec<(TargetId, TargetFact)>,
    /// About each task.
    pub tasks: Vec<(TaskId, TaskFact)>,
}

/// Decides an adoption. `programme` is the state of the programme named, an empty one when it is new.
pub fn decide(
    state: &DocumentState,
    reading: Option<&CorrectedReading>,
    programme: &ProgrammeState,
    command: &AdoptReading,
    scope: &Scope,
) -> Result<Adoption, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    document::visible(state, scope)?;
    let reading = reading.ok_or_else(document::not_read)?;
    if reading.header.kind == DocumentKind::News {
        return Err(news_orders_nothing());
    }
    let into = command.into.id();
    if state.programme.is_some_and(|other| other != into) {
        return Err(Refusal::conflict(
            "Văn bản đã đưa vào một chương trình khác.",
            "The document has been adopted into another programme.",
        ));
    }
    let (fields, mut facts) = into_programme(programme, &command.into)?;
    let mut faults = Faults::default();
    let targets = chosen(
        &mut faults,
        "targets",
        &reading.targets,
        command.targets.iter().map(|t| (t.item.as_str(), t)),
    )?;
    let tasks = chosen(
        &mut faults,
        "tasks",
        &reading.tasks,
        command.tasks.iter().map(|t| (t.item.as_str(), t)),
    )?;
    let something = !reading.targets.is_empty() || !reading.tasks.is_empty();
    if something && command.targets.is_empty() && command.tasks.is_empty() {
        faults.add(
            "targets",
            "Chưa chọn chỉ tiêu hoặc nhiệm vụ nào.",
            "No target and no task is chosen.",
        );
    }
    faults.check()?;
    if !programme.documents.contains(&command.document) {
        facts.push(ProgrammeFact::DocumentAdded {
            document: command.document,
        });
    }
    let mut document = vec![DocumentFact::Adopted {
        programme: into,
        targets: targets.iter().map(|(i, c)| (i.id.clone(), c.id)).collect(),
        tasks: tasks.iter().map(|(i, c)| (i.id.clone(), c.id)).collect(),
    }];
    if programme.published && !state.published {
        document.push(DocumentFact::Published {});
    }
    let target = |(item, chosen): (&document::TargetItem, &ChosenTarget)| {
        let target = AdoptedTarget {
            programme: into,
            document: command.document,
            place: item.fields.place.clone(),
            text: one_line(&item.text),
            area: fields.area,
            terms: item.fields.terms.clone(),
            responsible: chosen.responsible.clone(),
        };
        (chosen.id, TargetFact::Adopted(target))
    };
    let task = |(item, chosen): (&document::TaskItem, &ChosenTask)| {
        let task = assigned(into, command.document, item, chosen);
        (chosen.id, TaskFact::Assigned(Box::new(task)))
    };
    Ok(Adoption {
        document,
        programme: facts,
        targets: targets.into_iter().map(target).collect(),
        tasks: tasks.into_iter().map(task).collect(),
    })
}

fn into_programme<'a>(
    programme: &'a ProgrammeState,
    into: &'a IntoProgramme,
) -> Result<(&'a ProgrammeFields, Vec<ProgrammeFact>), Refusal> {
    match into {
        IntoProgramme::Existing(_) => Ok((programme.require_open()?, vec![])),
        IntoProgramme::New(..) if programme.fields.is_some() => Err(refuse::exists()),
        IntoProgramme::New(_, fields) => {
            let mut faults = Faults::default();
            fields.check(&mut faults);
            faults.check()?;
            Ok((fields, vec![ProgrammeFact::Founded(fields.clone())]))
        }
    }
}

/// Items of a reading, each with the choice that takes it.
type Pairs<'a, F, I, C> = Vec<(&'a Item<F, I>, &'a C)>;

/// Pairs every choice with its item of the reading.
fn chosen<'a, F, I, C>(
    faults: &mut Faults,
    field: &str,
    items: &'a [Item<F, I>],
    choices: impl Iterator<Item = (&'a str, &'a C)>,
) -> Result<Pairs<'a, F, I, C>, Refusal> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for (id, choice) in choices {
        match items.iter().find(|item| item.id == id) {
            None => faults.add(
                field,
                format!("Bản đọc không có mục “{id}”."),
                format!("The reading has no item “{id}”."),
            ),
            Some(_) if !seen.insert(id) => faults.add(
                field,
                format!("Mục “{id}” được chọn hai lần."),
                format!("Item “{id}” is chosen twice."),
            ),
            Some(item) if item.origin == Origin::Rejected => faults.add(
                field,
                format!("Mục “{id}” đã bị loại."),
                format!("Item “{id}” was rejected."),
            ),
            Some(item) if !item.is_open() => {
                return Err(Refusal::conflict(
                    format!("Mục “{id}” đã đưa vào chương trình rồi."),
                    format!("Item “{id}” has been adopted already."),
                ));
            }
            Some(item) => pairs.push((item, choice)),
        }
    }
    Ok(pairs)
}

fn assigned(
    programme: ProgrammeId,
    document: DocumentId,
    item: &document::TaskItem,
    chosen: &ChosenTask,
) -> AssignedTask {
    let text = one_line(&item.text);
    let lead = chosen.lead.clone();
    let mut supporting: Vec<OrgId> = Vec::new();
    for org in &chosen.supporting {
        // A body that is written down twice, or leads as well, supports once or not at all.
        if Some(org) != lead.as_ref() && !supporting.contains(org) {
            supporting.push(org.clone());
        }
    }
    AssignedTask {
        programme,
        document,
        place: item.fields.place.clone(),
        title: chosen
            .title
            .as_deref()
            .and_then(optional)
            .unwrap_or_else(|| short(&text)),
        text,
        theme: item.fields.theme.clone(),
        agencies: Agencies {
            lead,
            lead_written: item.fields.lead.clone(),
            supporting,
            supporting_written: item.fields.supporting.clone(),
        },
        deadline: chosen.deadline.or(item.fields.due),
        deadline_written: item.fields.deadline.clone(),
        product: chosen.product.as_deref().and_then(optional),
        authority: chosen.authority.as_deref().and_then(optional),
        order_number: chosen.order_number.as_deref().and_then(optional),
    }
}

/// The words of a clause on one line, without its bullet.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    line.trim_start_matches(['-', '+', '•', '*', '–', ' '])
        .to_owned()
}

/// Beginning of a text for lists: whole words, at most so many letters.
fn short(text: &str) -> String {
    const LETTERS: usize = 120;
    if text.chars().count() <= LETTERS {
        return text.trim_end_matches(['.', ';', ',']).to_owned();
    }
    let cut: String = text.chars().take(LETTERS).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole.trim_end_matches(['.', ';', ',', ':']))
}

/// Adopts a reading. `given.expected` is the version of the document.
pub async fn adopt_reading(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    command: &AdoptReading,
) -> Result<Written, Refusal> {
    let context = given.context(scope, "document.adopt");
    journal
        .write(&context, async |tx| {
            let (state, reading) = document::load(tx, command.document).await?;
            let into = command.into.id();
            let programme = tx
                .load(&into.stream())
                .await?
                .fold(ProgrammeState::default(), crate::programme::evolve)?;
            let adoption = decide(&state, reading.as_ref(), &programme, command, scope)?;
            given.check(state.version)?;
            adoption.facts(command.document, into)
        })
        .await
}

impl Adoption {
    fn facts(&self, document: DocumentId, programme: ProgrammeId) -> Result<Vec<NewFact>, Refusal> {
        let mut facts = Vec::new();
        for fact in &self.programme {
            facts.push(NewFact::of(programme.stream(), fact)?);
        }
        for fact in &self.document {
            facts.push(NewFact::of(document.stream(), fact)?);
        }
        for (id, fact) in &self.targets {
            facts.push(NewFact::of(id.stream(), fact)?);
        }
        for (id, fact) in &self.tasks {
            facts.push(NewFact::of(id.stream(), fact)?);
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_becomes_a_line_and_a_title() {
        assert_eq!(
            one_line("  - Xây dựng\n\u{c}kho dữ\u{a0}liệu; "),
            "Xây dựng kho dữ liệu;"
        );
        assert_eq!(short("Xây dựng kho dữ liệu;"), "Xây dựng kho dữ liệu");
        let long = "từ ".repeat(100);
        let title = short(&long);
        assert!(
            title.chars().count() <= 121 && title.ends_with("từ…"),
            "{title}"
        );
        assert_eq!(short(&"x".repeat(200)).chars().count(), 121);
    }
}
