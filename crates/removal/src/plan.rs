//! Everything that goes with a thing.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, Page, Permission, Refusal, Scope};
use journal::{Content, FactFamily, FileHash, Journal, Kept, StreamId, canonical_json};
use programme::{DocumentId, ProgrammeId};
use reporting::{ReportFact, ReportFilter, ReportId};
use serde::Serialize;

use crate::What;
use crate::read::of_thing;

/// Something that goes or loses words, for whoever decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Thing {
    /// Its stream.
    pub stream: StreamId,
    /// What it is called now.
    pub title: String,
}

/// Everything that goes with a thing, as found at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// What was asked for.
    pub what: String,
    /// Documents: the one asked for and others that hold the same file or text.
    pub documents: Vec<Thing>,
    /// Programmes that rest on nothing else.
    pub programmes: Vec<Thing>,
    /// Targets adopted from the documents.
    pub targets: Vec<Thing>,
    /// What hangs on targets and programmes that go: how a target is broken down, the parts of agencies, rankings.
    pub parts: Vec<Thing>,
    /// Tasks adopted from the documents, with their results and evidence.
    pub tasks: Vec<Thing>,
    /// Results of these tasks.
    pub results: usize,
    /// Reports that quote any of it.
    pub reports: Vec<Thing>,
    /// Things that stay without the words of what goes: a programme without its title, a result without
    /// the name of its evidence.
    pub reduced: Vec<Thing>,
    /// Files that go, unless something that stays rests on them as well.
    pub files: BTreeSet<FileHash>,
    /// Stands for all of the above: typed to confirm; another one once something changed.
    pub code: String,
}

impl Plan {
    /// Does more go than what was asked for, being adopted or quoted?
    pub fn takes_others(&self) -> bool {
        !self.targets.is_empty()
            || !self.tasks.is_empty()
            || !self.programmes.is_empty()
            || self.documents.len() > 1
            || (!self.documents.is_empty() && !self.reports.is_empty())
    }

    /// What the journal is told to take out.
    pub(crate) fn content(&self) -> Content {
        let things = [
            &self.documents,
            &self.programmes,
            &self.targets,
            &self.parts,
            &self.tasks,
            &self.reports,
        ];
        Content {
            streams: things
                .into_iter()
                .flatten()
                .map(|thing| thing.stream.clone())
                .collect(),
            reduced: self
                .reduced
                .iter()
                .map(|thing| thing.stream.clone())
                .collect(),
            files: self.files.iter().cloned().collect(),
        }
    }

    fn of(what: &What) -> Self {
        Self {
            what: what.to_string(),
            documents: vec![],
            programmes: vec![],
            targets: vec![],
            parts: vec![],
            tasks: vec![],
            results: 0,
            reports: vec![],
            reduced: vec![],
            files: BTreeSet::new(),
            code: String::new(),
        }
    }

    fn sealed(mut self) -> Result<Self, Refusal> {
        for things in [
            &mut self.documents,
            &mut self.programmes,
            &mut self.targets,
            &mut self.parts,
            &mut self.tasks,
            &mut self.reports,
            &mut self.reduced,
        ] {
            things.sort();
            things.dedup();
        }
        let bytes = canonical_json(&self.content()).map_err(journal::JournalError::from)?;
        self.code = FileHash::of(&bytes).as_str()[..8].to_owned();
        Ok(self)
    }
}

/// Finds everything that goes with a thing.
///
/// # Errors
/// [`Refusal::NotAllowed`] without [`Permission::RemoveContent`]; [`Refusal::NotFound`] when there is no such
/// thing; [`Refusal::Conflict`] when nothing of it is kept, or it goes another way.
pub async fn plan(journal: &Journal, scope: &Scope, what: &What) -> Result<Plan, Refusal> {
    scope.require(Permission::RemoveContent)?;
    match what {
        What::Document(id) => of_document(journal, scope, *id).await,
        What::Report(id) => of_report(journal, scope, *id).await,
        What::File(hash) => of_file(journal, scope, hash).await,
    }
}

fn now(journal: &Journal) -> AsKnown {
    AsKnown::now(journal.today())
}

/// A thing that was removed before is told from one that never was.
async fn gone(journal: &Journal, scope: &Scope, key: &str) -> Result<Refusal, Refusal> {
    Ok(match of_thing(journal.db(), scope, key).await? {
        Some(_) => Refusal::conflict("Nội dung này đã được gỡ bỏ.", "This was removed before."),
        None => Refusal::NotFound,
    })
}

async fn of_document(journal: &Journal, scope: &Scope, id: DocumentId) -> Result<Plan, Refusal> {
    match programme::document::get(journal, scope, now(journal), id).await {
        Ok(view) if view.row.summary.refused.is_some() => {
            return Err(Refusal::conflict(
                "Văn bản này đã bị từ chối khi tiếp nhận; hệ thống không giữ gì của nó.",
                "This document was refused when it came; nothing of it is kept.",
            ));
        }
        Ok(_) => {}
        Err(Refusal::NotFound) => {
            return Err(gone(journal, scope, id.stream().as_str()).await?);
        }
        Err(refusal) => return Err(refusal),
    }
    let mut plan = Plan::of(&What::Document(id));
    let documents = same_content(journal, id, &mut plan.files).await?;
    let mut programmes = BTreeMap::new();
    for document in &documents {
        take_document(journal, *document, &mut plan, &mut programmes).await?;
    }
    for (programme, rests_on) in programmes {
        take_programme(journal, programme, &rests_on, &documents, &mut plan).await?;
    }
    plan.sealed()
}

/// The document and all others that hold the same file, text or reading: the same words came in twice.
async fn same_content(
    journal: &Journal,
    id: DocumentId,
    files: &mut BTreeSet<FileHash>,
) -> Result<BTreeSet<DocumentId>, Refusal> {
    let mut documents = BTreeSet::from([id]);
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        let mut named = BTreeSet::new();
        for fact in journal.stream(&id.stream(), None).await?.facts {
            for kept in journal.kept_by(&fact)? {
                match kept {
                    Kept::File(file) => {
                        files.insert(file.clone());
                        named.insert(file);
                    }
                    Kept::Batch(batch) => {
                        named.insert(batch);
                    }
                }
            }
        }
        let mut tx = journal.db().begin().await?;
        for (_, holder) in journal.holders(&mut tx, &named).await? {
            if holder.family() == "document"
                && let Ok(other) = holder.identity().parse()
                && documents.insert(other)
            {
                waiting.push(other);
            }
        }
    }
    Ok(documents)
}

async fn take_document(
    journal: &Journal,
    id: DocumentId,
    plan: &mut Plan,
    programmes: &mut BTreeMap<ProgrammeId, Vec<DocumentId>>,
) -> Result<(), Refusal> {
    let (system, now) = (Scope::system(), now(journal));
    let view = programme::document::get(journal, &system, now, id).await?;
    let summary = &view.row.summary;
    let name = || summary.file.as_ref().map(|file| file.name.clone());
    let title = summary
        .header
        .title
        .clone()
        .or_else(name)
        .unwrap_or_default();
    let number = summary.header.number.clone().unwrap_or_default();
    plan.documents.push(Thing {
        stream: id.stream(),
        title: format!("{number} {title}").trim().to_owned(),
    });
    let sight = programme::ordered_at(journal, &system, now, id, None, 0).await?;
    for row in sight.targets {
        let streams = programme::cascade::streams_of(journal, Some(row.id), None).await?;
        plan.parts.extend(streams.into_iter().map(|stream| Thing {
            stream,
            title: row.target.text.clone(),
        }));
        plan.targets.push(Thing {
            stream: row.id.stream(),
            title: row.target.text.clone(),
        });
    }
    for row in sight.tasks {
        let view = programme::task::get(journal, &system, now, row.id, 0).await?;
        plan.results += view.state.results.len();
        plan.tasks.push(Thing {
            stream: row.id.stream(),
            title: row.task.title.clone(),
        });
    }
    if let Some(programme) = summary.programme {
        let view = programme::programme::get(journal, &system, now, programme).await?;
        programmes.insert(programme, view.state.documents.clone());
    }
    Ok(())
}

/// A programme without another document goes. One that has others stays; its title goes when the removed
/// document gave it. Its reports print the title and the targets: they go as well.
async fn take_programme(
    journal: &Journal,
    id: ProgrammeId,
    rests_on: &[DocumentId],
    removed: &BTreeSet<DocumentId>,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let (system, now) = (Scope::system(), now(journal));
    let view = programme::programme::get(journal, &system, now, id).await?;
    let thing = Thing {
        stream: id.stream(),
        title: view
            .state
            .fields
            .map(|fields| fields.title)
            .unwrap_or_default(),
    };
    let alone = rests_on.iter().all(|document| removed.contains(document));
    let founder = rests_on
        .first()
        .is_some_and(|first| removed.contains(first));
    if alone {
        let streams = programme::cascade::streams_of(journal, None, Some(id)).await?;
        plan.parts.extend(streams.into_iter().map(|stream| Thing {
            stream,
            title: thing.title.clone(),
        }));
    }
    match (alone, founder) {
        (true, _) => plan.programmes.push(thing),
        (false, true) => plan.reduced.push(thing),
        (false, false) => {}
    }
    let filter = ReportFilter {
        programme: Some(id),
        ..ReportFilter::default()
    };
    let reports = reporting::list(journal.db(), &system, &now, &filter, Page::ALL).await?;
    for row in reports.rows {
        if alone || founder || quotes(journal, row.id, plan).await? {
            plan.reports.push(report_thing(row.id, &row.drawn_up.title));
        }
    }
    Ok(())
}

fn report_thing(id: ReportId, title: &str) -> Thing {
    Thing {
        stream: id.stream(),
        title: title.to_owned(),
    }
}

/// Was any version of a report drawn from something that goes?
async fn quotes(journal: &Journal, id: ReportId, plan: &Plan) -> Result<bool, Refusal> {
    let things = plan
        .documents
        .iter()
        .chain(&plan.targets)
        .chain(&plan.tasks);
    let identities: Vec<&str> = things.map(|thing| thing.stream.identity()).collect();
    for fact in journal.stream(&id.stream(), None).await?.facts {
        if let Some(ReportFact::DrawnUp(drawn_up)) = ReportFact::read(&fact)? {
            let inputs = journal.files().get(&drawn_up.inputs).await?;
            let text = String::from_utf8_lossy(&inputs);
            if identities.iter().any(|identity| text.contains(identity)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn of_report(journal: &Journal, scope: &Scope, id: ReportId) -> Result<Plan, Refusal> {
    let row = match reporting::get(journal.db(), scope, &now(journal), id).await {
        Ok(row) => row,
        Err(Refusal::NotFound) => return Err(gone(journal, scope, id.stream().as_str()).await?),
        Err(refusal) => return Err(refusal),
    };
    let mut plan = Plan::of(&What::Report(id));
    plan.reports.push(report_thing(id, &row.drawn_up.title));
    for fact in journal.stream(&id.stream(), None).await?.facts {
        for kept in journal.kept_by(&fact)? {
            if let Kept::File(file) = kept {
                plan.files.insert(file);
            }
        }
    }
    plan.sealed()
}

async fn of_file(journal: &Journal, scope: &Scope, hash: &FileHash) -> Result<Plan, Refusal> {
    let mut plan = Plan::of(&What::File(hash.clone()));
    let mut tx = journal.db().begin().await?;
    let holders = journal
        .holders(&mut tx, &BTreeSet::from([hash.clone()]))
        .await?;
    drop(tx);
    if !journal.files().has(hash).await? || holders.is_empty() {
        return Err(gone(journal, scope, &What::File(hash.clone()).to_string()).await?);
    }
    for (_, holder) in holders {
        if holder.family() == "document" {
            return Err(Refusal::conflict(
                "Tệp này là văn bản đã tiếp nhận: hãy gỡ bỏ cả văn bản.",
                "This file is a document that was handed in: remove the document.",
            ));
        }
        if holder.family() == "report" && !is_signed_copy(journal, &holder, hash).await? {
            return Err(Refusal::conflict(
                "Tệp này là báo cáo do hệ thống lập: hãy gỡ bỏ cả báo cáo.",
                "This file is a report drawn up here: remove the report.",
            ));
        }
        plan.reduced.push(Thing {
            title: String::new(),
            stream: holder,
        });
    }
    plan.files.insert(hash.clone());
    plan.sealed()
}

async fn is_signed_copy(
    journal: &Journal,
    report: &StreamId,
    hash: &FileHash,
) -> Result<bool, Refusal> {
    for fact in journal.stream(report, None).await?.facts {
        if let Some(ReportFact::DrawnUp(_)) = ReportFact::read(&fact)?
            && journal.kept_by(&fact)?.contains(&Kept::File(hash.clone()))
        {
            return Ok(false);
        }
    }
    Ok(true)
}
