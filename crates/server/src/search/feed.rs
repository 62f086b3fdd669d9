//! Feeds the search index from the engines and keeps it following the journal.

use std::collections::BTreeSet;
use std::time::Duration;

use access::{AsKnown, Audience, OrgId, Page, Refusal, Scope};
use journal::{FactFamily, RemovalFact, Seq, StreamId};
use programme::document::{self, DocumentFilter};
use programme::target::{self, TargetFilter, TargetRow};
use programme::task::{self, TaskFilter, TaskRow, TaskSort};
use programme::{DocumentId, ProgrammeId, TargetId, TaskId};
use tokio_util::sync::CancellationToken;

use super::{Findable, Old};
use crate::app::App;

/// Streams of these families are found by their text, or change what is found.
const FAMILIES: [&str; 5] = ["definition", "document", "programme", "target", "task"];

/// Kinds of things that come from the definitions in force.
const DEFINED: [&str; 2] = ["organisation", "indicator"];

/// Entries taken at a time while following.
const CHUNK: i64 = 200;

/// Keeps this process's caches following the journal, whichever process writes, until told to stop.
pub async fn follow_journal(app: App, stop: CancellationToken) {
    tokio::join!(
        app.journal.follow_others(stop.clone()),
        app.columns.run(stop.clone()),
        index(&app, stop)
    );
}

/// Fills the index, then follows. A fault is logged and tried again: search lags, the record does not.
async fn index(app: &App, stop: CancellationToken) {
    const PAUSE: Duration = Duration::from_secs(1);
    let mut reach = app.journal.follow();
    // The line of the journal that the index was filled from; none before the first filling.
    let mut filled = None;
    while !stop.is_cancelled() {
        let line = reach.borrow_and_update().line;
        let step = if filled == Some(line) {
            follow(app).await
        } else {
            fill(app).await
        };
        match step {
            Ok(()) => {
                filled = Some(line);
                tokio::select! { _ = reach.changed() => {}, () = stop.cancelled() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "search index");
                tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => {} }
            }
        }
    }
}

/// Today's knowledge; statuses are not indexed, so the day does not matter.
fn now(app: &App) -> AsKnown {
    AsKnown::now(app.journal.today())
}

/// Indexes everything there is.
pub async fn fill(app: &App) -> Result<(), Refusal> {
    let reached = app.journal.head().await?.seq;
    let mut found = directory(app).await?;
    found.extend(adopted(app, None).await?);
    app.search.replace(Old::Everything, &found, reached)?;
    Ok(())
}

/// Takes in what was appended since.
pub async fn follow(app: &App) -> Result<(), Refusal> {
    loop {
        let facts = app.journal.facts_after(app.search.reached(), CHUNK).await?;
        let Some(reached) = facts.last().map(|fact| fact.seq) else {
            return Ok(());
        };
        let mut changed: Vec<StreamId> = Vec::new();
        for fact in facts {
            if let Some(RemovalFact::FactsRemoved(removed)) = RemovalFact::read(&fact)? {
                changed.extend(removed.things);
            }
            changed.push(fact.stream);
        }
        let streams: BTreeSet<StreamId> = changed
            .into_iter()
            .filter(|stream| FAMILIES.contains(&stream.family()))
            .collect();
        update(app, &streams, reached).await?;
    }
}

async fn update(app: &App, streams: &BTreeSet<StreamId>, reached: Seq) -> Result<(), Refusal> {
    let mut replaced: Vec<String> = streams.iter().map(ToString::to_string).collect();
    let mut found = Vec::new();
    for stream in streams {
        found.extend(gone_is_empty(one(app, stream).await)?);
        // Publishing a programme changes who may find all that belongs to it.
        if stream.family() == "programme"
            && let Ok(id) = stream.identity().parse()
        {
            let all = adopted(app, Some(id)).await?;
            replaced.extend(all.iter().map(|findable| findable.stream.clone()));
            found.extend(all);
        }
    }
    let mut kinds: &[&str] = &[];
    if streams.iter().any(|stream| stream.family() == "definition") {
        kinds = &DEFINED;
        found.extend(directory(app).await?);
    }
    replaced.sort();
    replaced.dedup();
    found.sort_by(|a, b| (&a.stream, &a.part).cmp(&(&b.stream, &b.part)));
    found.dedup_by(|a, b| a.stream == b.stream && a.part == b.part);
    let old = Old::Streams {
        streams: &replaced,
        kinds,
    };
    app.search.replace(old, &found, reached)?;
    Ok(())
}

fn gone_is_empty(found: Result<Vec<Findable>, Refusal>) -> Result<Vec<Findable>, Refusal> {
    match found {
        Err(Refusal::NotFound) => Ok(Vec::new()),
        other => other,
    }
}

async fn one(app: &App, stream: &StreamId) -> Result<Vec<Findable>, Refusal> {
    let (scope, known, id) = (Scope::system(), now(app), stream.identity());
    match stream.family() {
        "document" => match id.parse::<DocumentId>() {
            Ok(id) => one_document(app, id).await,
            Err(_) => Ok(Vec::new()),
        },
        "target" => match id.parse::<TargetId>() {
            Ok(id) => Ok(vec![of_target(
                &target::get(&app.journal, &scope, known, id).await?,
            )]),
            Err(_) => Ok(Vec::new()),
        },
        "task" => match id.parse::<TaskId>() {
            Ok(id) => {
                let view = task::get(&app.journal, &scope, known, id, 0).await?;
                Ok(vec![of_task(&view.row)])
            }
            Err(_) => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}

/// Documents with their passages, targets and tasks: of one programme, or all there are.
async fn adopted(app: &App, programme: Option<ProgrammeId>) -> Result<Vec<Findable>, Refusal> {
    let (scope, known) = (Scope::system(), now(app));
    let mut found = Vec::new();
    let documents = DocumentFilter {
        programme,
        ..DocumentFilter::default()
    };
    let documents = document::list(&app.journal, &scope, known, &documents, Page::ALL).await?;
    for row in documents.rows {
        found.extend(one_document(app, row.id).await?);
    }
    let targets = TargetFilter {
        programme,
        ..TargetFilter::default()
    };
    let targets = target::list(&app.journal, &scope, known, &targets, Page::ALL).await?;
    found.extend(targets.rows.iter().map(of_target));
    let tasks = TaskFilter {
        programme,
        ..TaskFilter::default()
    };
    let order = TaskSort::Document;
    let tasks = task::list(&app.journal, &scope, known, &tasks, 0, order, Page::ALL).await?;
    found.extend(tasks.rows.iter().map(of_task));
    Ok(found)
}

async fn one_document(app: &App, id: DocumentId) -> Result<Vec<Findable>, Refusal> {
    let (scope, known) = (Scope::system(), now(app));
    let view = document::get(&app.journal, &scope, known, id).await?;
    let summary = &view.row.summary;
    if summary.refused.is_some() {
        return Ok(Vec::new());
    }
    let title = summary.header.title.clone().unwrap_or_default();
    let organisations: Vec<OrgId> = summary.organisation.iter().cloned().collect();
    let findable = |part: &str, kind, address, body| Findable {
        stream: id.stream().to_string(),
        part: part.to_owned(),
        kind,
        address,
        title: title.clone(),
        body,
        audience: view.row.audience,
        organisations: organisations.clone(),
    };
    let number = summary.header.number.clone().unwrap_or_default();
    let mut found = vec![findable("", "document", format!("/documents/{id}"), number)];
    for passage in document::passages(&app.journal, &scope, known, id).await? {
        let address = format!("/documents/{id}#{}", passage.anchor);
        found.push(findable(&passage.anchor, "passage", address, passage.text));
    }
    Ok(found)
}

fn of_target(row: &TargetRow) -> Findable {
    Findable {
        stream: row.id.stream().to_string(),
        part: String::new(),
        kind: "target",
        address: format!("/targets/{}", row.id),
        title: super::one_line(&row.target.text),
        body: row.target.text.clone(),
        audience: row.audience,
        organisations: row.target.responsible.iter().cloned().collect(),
    }
}

fn of_task(row: &TaskRow) -> Findable {
    let agencies = &row.task.agencies;
    Findable {
        stream: row.id.stream().to_string(),
        part: String::new(),
        kind: "task",
        address: format!("/tasks/{}", row.id),
        title: super::one_line(&row.task.title),
        body: row.task.text.clone(),
        audience: row.audience,
        organisations: agencies
            .lead
            .iter()
            .chain(&agencies.supporting)
            .cloned()
            .collect(),
    }
}

/// Organisations and indicators of the definitions in force.
async fn directory(app: &App) -> Result<Vec<Findable>, Refusal> {
    let known = now(app);
    let directory = app.directories.load(&Scope::system(), known).await?;
    let public = |kind, id: String, title: &str, body: String| Findable {
        stream: format!("{kind}/{id}"),
        part: String::new(),
        kind,
        address: format!("/{kind}s/{id}"),
        title: title.to_owned(),
        body,
        audience: Audience::Public,
        organisations: Vec::new(),
    };
    let mut found = Vec::new();
    for organisation in directory.organisations().list(known.day) {
        if let Some(name) = organisation.names.last() {
            let body = format!("{} {}", name.short, organisation.aliases.join(" "));
            found.push(public(
                "organisation",
                organisation.id.to_string(),
                &name.vi,
                body,
            ));
        }
    }
    for pinned in directory.indicators().list() {
        let indicator = &pinned.definition;
        let body = format!(
            "{} {}",
            indicator.def.label.en,
            indicator.linking.terms.join(" ")
        );
        found.push(public(
            "indicator",
            indicator.def.id.to_string(),
            &indicator.def.label.vi,
            body,
        ));
    }
    Ok(found)
}
