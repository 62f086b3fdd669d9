//! The edge: what the engines hold becomes the inputs of a report.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, OrgId, Page, Refusal, Scope};
use activation::{Directory, Pinned};
use catalogue::{Hierarchy, Id, Report};
use jiff::civil::{Date, DateTime};
use journal::{Journal, Seq};
use measure::Thresholds;
use observation::SeriesKey;
use observation::columns::{Ask, Columns, Known, Value, own_map};
use programme::document::{self, DocumentFilter};
use programme::programme as programmes;
use programme::target::{self, TargetFilter};
use programme::task::{self, TaskFilter, TaskSort};
use programme::{DocumentId, ProgrammeId};
use viet::{Calendar, Period};

use crate::gather_targets::{Board, is_over};
use crate::gather_tasks::task_inputs;
use crate::inputs::{
    DefinitionRef, DocumentInput, Party, ProgrammeInput, ReportInputs, Territory, ValueInput,
};

/// What a report shall be about.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The report's definition.
    pub definition: &'a Pinned<Report>,
    /// The period.
    pub period: Period,
    /// The programme.
    pub programme: ProgrammeId,
    /// The last entry whose facts count.
    pub as_known: Seq,
    /// Number and hash of the journal's last entry.
    pub head: String,
    /// When it is drawn up, in UTC.
    pub drawn_up: DateTime,
    /// The day in Vietnam on which it is drawn up.
    pub today: Date,
    /// What the officer wrote, by section: paragraphs.
    pub remarks: BTreeMap<Id, Vec<String>>,
}

impl Wanted<'_> {
    /// Statuses stand as of the last day of the period, or of today while it runs.
    fn as_of(&self) -> Date {
        let range = self
            .period
            .range(self.definition.definition.report.calendar);
        range
            .last_day()
            .map_or(self.today, |last| last.min(self.today))
    }
}

/// Periods of each kind that are looked back to: enough for the path of any target of today.
const PERIODS: u32 = 40;

/// Who reads, as of when.
struct Sight<'a> {
    columns: &'a Columns,
    directory: &'a Directory,
    scope: &'a Scope,
    as_known: AsKnown,
}

impl Sight<'_> {
    /// The computed values that a report may print, with what they rest on: the last two of each series that are over.
    async fn computed(
        &self,
        known: &BTreeMap<SeriesKey, Known>,
        until: Option<Date>,
    ) -> Result<BTreeMap<SeriesKey, Vec<ValueInput>>, Refusal> {
        let mut found = BTreeMap::new();
        for (key, known) in known {
            let Some(pinned) = self.directory.indicators().get(key.indicator.as_str()) else {
                continue;
            };
            let over = known
                .complete()
                .filter(|value| is_over(value.period, until));
            let over: Vec<&Value> = over.collect();
            let mut values = Vec::new();
            for value in &over[over.len().saturating_sub(2)..] {
                let ask = Ask {
                    scope: self.scope,
                    as_known: self.as_known,
                    indicator: &key.indicator,
                    view: own_map(self.directory, key.area, self.as_known.day),
                };
                let behind = self.columns.lineage(&ask, key.area, value.period).await?;
                values.extend(ValueInput::computed(
                    &pinned.definition,
                    key,
                    value,
                    &behind,
                ));
            }
            found.insert(key.clone(), values);
        }
        Ok(found)
    }
}

/// Reads what a report is drawn from.
///
/// # Errors
/// Settings or the format are not activated; the programme is not in the reader's scope; the store.
pub async fn gather(
    journal: &Journal,
    columns: &Columns,
    directory: &Directory,
    scope: &Scope,
    wanted: Wanted<'_>,
) -> Result<ReportInputs, Refusal> {
    let spec = &wanted.definition.definition.report;
    let as_of = wanted.as_of();
    let as_known = AsKnown::at(wanted.as_known, as_of);
    let settings = directory
        .settings(as_of)
        .ok_or_else(|| missing("settings"))?;
    let thresholds = &settings.definition.thresholds;
    let format = directory
        .format(spec.format.as_str())
        .ok_or_else(|| missing(spec.format.as_str()))?;
    let programme = programmes::get(journal, scope, as_known, wanted.programme).await?;
    let fields = programme.state.fields.as_ref().ok_or(Refusal::NotFound)?;
    let filter = TargetFilter {
        programme: Some(wanted.programme),
        ..TargetFilter::default()
    };
    let targets = target::list(journal, scope, as_known, &filter, Page::ALL)
        .await?
        .rows;
    let keys: BTreeSet<SeriesKey> = targets
        .iter()
        .filter_map(|row| {
            Some(SeriesKey::new(
                row.target.terms.indicator.clone()?,
                row.target.area,
            ))
        })
        .collect();
    let until = wanted.period.range(Calendar::Civil).to();
    let known = columns.known(scope, as_known, &keys, PERIODS).await?;
    let sight = Sight {
        columns,
        directory,
        scope,
        as_known,
    };
    let board = Board {
        directory,
        computed: sight.computed(&known, until).await?,
        known,
        until,
        period: wanted.period,
        as_of,
        thresholds: Thresholds::from(&settings.definition),
    };
    let due_soon = thresholds.due_soon_days.value;
    let filter = TaskFilter {
        programme: Some(wanted.programme),
        ..TaskFilter::default()
    };
    let tasks = task::list(
        journal,
        scope,
        as_known,
        &filter,
        due_soon,
        TaskSort::Document,
        Page::ALL,
    )
    .await?;
    let results = task::results(journal, scope, as_known, None, Page::ALL).await?;
    let documents = documents(journal, scope, as_known, wanted.programme).await?;
    let mut inputs = ReportInputs {
        definition: pinned(&wanted.definition.definition.def, &wanted.definition.hash),
        format: pinned(&format.definition.def, &format.hash),
        period: wanted.period,
        calendar: spec.calendar,
        as_of,
        as_known: wanted.as_known,
        head: wanted.head,
        drawn_up: wanted.drawn_up,
        area: territory(directory, fields.area, as_of),
        sender: party(directory, &spec.sender, as_of),
        receiver: party(directory, &spec.receiver, as_of),
        programme: ProgrammeInput {
            id: wanted.programme,
            title: fields.title.clone(),
            documents: programme.state.documents.clone(),
        },
        documents,
        targets: targets.iter().map(|row| board.target(row)).collect(),
        tasks: task_inputs(tasks.rows, results.rows, directory, as_of, due_soon),
        remarks: wanted.remarks,
    };
    let order = inputs.programme.documents.clone();
    let place = |id: DocumentId| order.iter().position(|known| *known == id);
    // Stable: within a document the order of its text stays.
    inputs.targets.sort_by_key(|target| place(target.document));
    inputs.tasks.sort_by_key(|task| place(task.document));
    Ok(inputs)
}

fn missing(definition: &str) -> Refusal {
    Refusal::conflict(
        format!("Chưa kích hoạt định nghĩa «{definition}» cần cho báo cáo."),
        format!("The definition “{definition}” that the report needs is not activated."),
    )
}

fn pinned(header: &catalogue::Header, hash: &str) -> DefinitionRef {
    DefinitionRef {
        id: header.id.clone(),
        version: header.version.clone(),
        hash: hash.to_owned(),
    }
}

async fn documents(
    journal: &Journal,
    scope: &Scope,
    as_known: AsKnown,
    programme: ProgrammeId,
) -> Result<BTreeMap<DocumentId, DocumentInput>, Refusal> {
    let filter = DocumentFilter {
        programme: Some(programme),
        ..DocumentFilter::default()
    };
    let rows = document::list(journal, scope, as_known, &filter, Page::ALL)
        .await?
        .rows;
    let input = |row: document::DocumentRow| {
        let header = row.summary.header;
        let title = header.title.unwrap_or_default();
        let input = DocumentInput {
            number: header.number,
            date: header.date,
            title: one_line(&title),
        };
        (row.id, input)
    };
    Ok(rows.into_iter().map(input).collect())
}

/// Text without line breaks and double spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn territory(directory: &Directory, key: viet::AreaKey, day: Date) -> Territory {
    let area = directory.areas().get(key);
    Territory {
        key,
        name: area.map_or_else(|| key.to_string(), |area| as_spoken(area.full_name_on(day))),
        short: area.map_or_else(String::new, |area| area.name.clone()),
    }
}

/// "Tỉnh Đắk Lắk" within a sentence: "tỉnh Đắk Lắk".
fn as_spoken(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

fn party(directory: &Directory, id: &Id, day: Date) -> Party {
    let organisations = directory.organisations();
    let id = OrgId(id.to_string());
    let name = organisations.name(&id, day);
    let parent = organisations
        .get(&id)
        .and_then(|organisation| organisation.parent_on(Hierarchy::State, day))
        .and_then(|parent| organisations.name(&OrgId(parent.to_string()), day));
    Party {
        name: name.map_or_else(|| id.to_string(), |name| name.vi.clone()),
        short: name.map_or_else(String::new, |name| name.short.clone()),
        parent: parent.map(|name| name.vi.clone()),
        id,
    }
}

/// Name of an organisation on a day; its identity where no definition names it.
pub(crate) fn name_of(directory: &Directory, id: &OrgId, day: Date) -> String {
    directory
        .organisations()
        .name(id, day)
        .map_or_else(|| id.to_string(), |name| name.vi.clone())
}
