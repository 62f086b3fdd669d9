//! Reads. All of them take the reader's scope and the entry up to which is asked; the same statements
//! answer for now and for then. Permissions are today's in both.

use std::collections::{BTreeMap, BTreeSet};

use access::{AsKnown, FieldClass, Listed, OrgId, Page, Refusal, Scope};
use catalogue::{Id, Prevailing, Stage};
use journal::{Db, Journal, JournalError, RecordedFact, Row, Seq};
use viet::{AreaKey, Period};

use crate::conditions::{Conditions, qualified};
use crate::projection::{COLUMNS, PeriodKind, read_observation};
use crate::read_batch::batch_of;
use crate::state::StoredStage;
use crate::{
    BatchId, BatchInfo, Breakdown, Observation, ObservationId, SeriesKey, Standing, prevailing,
    prevailing_by_period,
};

fn observations(rows: &[Row], scope: &Scope) -> Result<Vec<Observation>, JournalError> {
    rows.iter()
        .map(|row| read_observation(row).map(|o| o.masked(scope)))
        .collect()
}

/// All observations of one indicator in one area that the reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Indicator and area.
    pub key: SeriesKey,
    /// Earliest period first; within a period in order of recording.
    pub observations: Vec<Observation>,
    /// Number of the last entry that added to the series or took from it: what a form sends back as
    /// `expected`.
    pub version: Seq,
}

impl Series {
    /// One observation a period, earliest first.
    pub fn prevailing(&self, order: &Prevailing) -> Vec<&Observation> {
        prevailing_by_period(&self.observations, order)
    }

    /// The observation shown for a period.
    pub fn shown(&self, period: Period, order: &Prevailing) -> Option<&Observation> {
        let of_period = self
            .observations
            .iter()
            .filter(|o| o.figure.period == period);
        prevailing(of_period, order)
    }
}

/// The series of an indicator in an area; empty when the reader sees none of it.
///
/// # Errors
/// The store.
pub async fn series(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    key: &SeriesKey,
) -> Result<Series, Refusal> {
    let mut version = Conditions::visible(scope);
    version.key(key);
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let bound = format!("CAST(${} AS BIGINT)", version.next());
    let sql = format!(
        "SELECT COALESCE(MAX(CASE WHEN o.known_from <= {bound} THEN o.known_from END), 0) AS began, \
         COALESCE(MAX(CASE WHEN o.known_to <= {bound} THEN o.known_to END), 0) AS ended \
         FROM observation o WHERE {}",
        version.text()
    );
    version.params.push(until.into());
    let row = db.row(&sql, version.params).await?;
    let mut all = Conditions::seen(scope, as_known);
    all.key(key);
    let sql = format!(
        "SELECT {COLUMNS} FROM observation o WHERE {} \
         ORDER BY o.period_end, o.period_start DESC, o.seq, o.row_no",
        all.text()
    );
    let rows = db.rows(&sql, all.params).await?;
    Ok(Series {
        key: key.clone(),
        observations: observations(&rows, scope)?,
        version: match row {
            Some(row) => row.int("began")?.max(row.int("ended")?),
            None => 0,
        },
    })
}

/// Keys of one statement that asks for whole series: far below what either engine takes.
const KEYS_A_TIME: usize = 2_000;

/// Everything that stands now of several series and that the reader sees; a series without any stands with
/// none.
///
/// # Errors
/// The store.
pub async fn standing(
    db: &Db,
    scope: &Scope,
    keys: &BTreeSet<SeriesKey>,
) -> Result<Standing, Refusal> {
    let mut standing: Standing = keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    let keys: Vec<&SeriesKey> = keys.iter().collect();
    for some in keys.chunks(KEYS_A_TIME) {
        let mut all = Conditions::visible(scope);
        let wanted = all.keys(&some.iter().copied().collect());
        let sql = format!(
            "WITH wanted (indicator, area_key, breakdown) AS (VALUES {wanted}) \
             SELECT {columns} FROM wanted w CROSS JOIN observation o \
             WHERE o.indicator = w.indicator AND o.area_key = w.area_key AND o.breakdown = w.breakdown \
             AND o.known_to IS NULL AND {seen} ORDER BY o.seq, o.row_no",
            columns = qualified(),
            seen = all.text(),
        );
        for observation in observations(&db.rows(&sql, all.params).await?, scope)? {
            if let Some(of_series) = standing.get_mut(&observation.key) {
                of_series.push(observation);
            }
        }
    }
    Ok(standing)
}

/// The observations of the last `periods` periods of each kind (year, quarter …) of several series, by
/// one statement: what a board of targets needs. Within a series the earliest period stands first.
///
/// # Errors
/// The store.
pub async fn latest(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    keys: &[SeriesKey],
    periods: u32,
) -> Result<BTreeMap<SeriesKey, Vec<Observation>>, Refusal> {
    // A key asked for twice would count its rows twice.
    let keys: BTreeSet<&SeriesKey> = keys.iter().collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let Some(back) = periods.checked_sub(1) else {
        return Ok(BTreeMap::new());
    };
    let mut all = Conditions::seen(scope, as_known);
    let (seen, wanted) = (all.text(), all.keys(&keys));
    let (inner, back) = (all.seen_again(scope, as_known), all.value(back));
    let kinds = PeriodKind::ALL
        .map(|kind| format!("('{}')", kind.word()))
        .join(", ");
    // Written from the keys outwards, the first period that counts before the rows: every step is a
    // lookup in the index of series, however many periods lie behind.
    let sql = format!(
        "WITH wanted (indicator, area_key, breakdown) AS (VALUES {wanted}), kinds (kind) AS (VALUES {kinds}), \
         since AS (SELECT w.indicator, w.area_key, w.breakdown, k.kind, COALESCE((\
             SELECT DISTINCT p.period_end FROM observation p \
             WHERE p.indicator = w.indicator AND p.area_key = w.area_key AND p.breakdown = w.breakdown \
             AND p.period_kind = k.kind \
             AND {inner} ORDER BY p.period_end DESC LIMIT 1 OFFSET {back}), '') AS period_end \
             FROM wanted w CROSS JOIN kinds k) \
         SELECT {columns} FROM since s CROSS JOIN observation o \
         WHERE o.indicator = s.indicator AND o.area_key = s.area_key AND o.breakdown = s.breakdown \
         AND o.period_kind = s.kind \
         AND o.period_end >= s.period_end AND {seen} \
         ORDER BY o.period_end, o.period_start DESC, o.seq, o.row_no",
        columns = qualified(),
    );
    let rows = db.rows(&sql, all.params).await?;
    let mut by_key: BTreeMap<SeriesKey, Vec<Observation>> = BTreeMap::new();
    for observation in observations(&rows, scope)? {
        by_key
            .entry(observation.key.clone())
            .or_default()
            .push(observation);
    }
    Ok(by_key)
}

/// One observation as it stood then.
///
/// # Errors
/// [`Refusal::NotFound`] when it did not stand or the reader does not see it; the store.
pub async fn get(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    id: ObservationId,
) -> Result<Observation, Refusal> {
    let mut all = Conditions::seen(scope, as_known);
    all.equals("id", id.0);
    let sql = format!("SELECT {COLUMNS} FROM observation o WHERE {}", all.text());
    let row = db.row(&sql, all.params).await?.ok_or(Refusal::NotFound)?;
    Ok(read_observation(&row)?.masked(scope))
}

/// Which observations a list holds; what is none does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this indicator.
    pub indicator: Option<Id>,
    /// Of this area.
    pub area: Option<AreaKey>,
    /// Reported by this agency.
    pub organisation: Option<OrgId>,
    /// Of this stage.
    pub stage: Option<Stage>,
    /// For this period.
    pub period: Option<Period>,
    /// Of this part, or of the whole.
    pub breakdown: Option<Breakdown>,
    /// Of this batch.
    pub batch: Option<BatchId>,
}

impl Filter {
    fn conditions(&self, scope: &Scope, as_known: &AsKnown) -> Conditions {
        let mut all = Conditions::seen(scope, as_known);
        self.kept_in_tally(&mut all);
        if let Some(area) = &self.area {
            all.equals("area_key", area.to_string());
        }
        if let Some(period) = self.period {
            all.equals("period", period.to_string());
        }
        if let Some(breakdown) = &self.breakdown {
            all.equals("breakdown", breakdown.to_string());
        }
        if let Some(batch) = self.batch {
            all.equals("batch", batch.0);
            // Its rows lie together by their entry.
            all.sql.push(format!(
                "o.seq = (SELECT MAX(b.seq) FROM observation_batch b WHERE b.id = ${})",
                all.params.len()
            ));
        }
        all
    }

    /// The same over the tally, where it can answer: of now, and not by area, period, part or batch.
    fn tallied(&self, scope: &Scope, as_known: &AsKnown) -> Option<Conditions> {
        let narrowed = (self.area, self.period, self.batch) != (None, None, None);
        if as_known.seq.is_some() || narrowed || self.breakdown.is_some() {
            return None;
        }
        let mut all = Conditions::visible(scope);
        self.kept_in_tally(&mut all);
        Some(all)
    }

    fn kept_in_tally(&self, all: &mut Conditions) {
        if let Some(indicator) = &self.indicator {
            all.equals("indicator", indicator.as_str());
        }
        if let Some(organisation) = &self.organisation {
            all.equals("organisation", organisation.0.as_str());
        }
        if let Some(stage) = self.stage {
            all.equals("stage", stage.word());
        }
    }
}

/// Observations within a filter, the one recorded last first. The total comes from a tally, unless it is
/// asked as known before, or by area, period, part or batch: then the rows are counted.
///
/// # Errors
/// The store.
pub async fn list(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    filter: &Filter,
    page: Page,
) -> Result<Listed<Observation>, Refusal> {
    let mut all = filter.conditions(scope, as_known);
    let total = match filter.tallied(scope, as_known) {
        Some(tallied) => count(db, "SUM(o.n)", "observation_tally", &tallied).await?,
        None => count(db, "COUNT(*)", "observation", &all).await?,
    };
    if total == 0 {
        // The statement below would look through every row to find none.
        return Ok(Listed {
            rows: vec![],
            total,
        });
    }
    let part = page.sql(all.next());
    let sql = format!(
        "SELECT {COLUMNS} FROM observation o WHERE {} ORDER BY o.seq DESC, o.row_no DESC {}",
        all.text(),
        part.sql
    );
    all.params.extend(part.params);
    let rows = db.rows(&sql, all.params).await?;
    Ok(Listed {
        rows: observations(&rows, scope)?,
        total,
    })
}

/// `what` is an aggregate over `table o`.
pub(crate) async fn count(
    db: &Db,
    what: &str,
    table: &str,
    all: &Conditions,
) -> Result<u64, JournalError> {
    let sql = format!(
        "SELECT CAST(COALESCE({what}, 0) AS BIGINT) AS n FROM {table} o WHERE {}",
        all.text()
    );
    let row = db.row(&sql, all.params.clone()).await?;
    let count = row.map_or(Ok(0), |row| row.int("n"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// How many observations of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// How many.
    pub count: u64,
}

/// How many observations within a filter are of each stage; stages without any are left out.
///
/// # Errors
/// The store.
pub async fn count_by_stage(
    db: &Db,
    scope: &Scope,
    as_known: &AsKnown,
    filter: &Filter,
) -> Result<Vec<StageCount>, Refusal> {
    let (what, table, all) = match filter.tallied(scope, as_known) {
        Some(tallied) => ("SUM(o.n)", "observation_tally", tallied),
        None => (
            "COUNT(*)",
            "observation",
            filter.conditions(scope, as_known),
        ),
    };
    let sql = format!(
        "SELECT o.stage, CAST({what} AS BIGINT) AS n FROM {table} o WHERE {} \
         GROUP BY o.stage HAVING {what} > 0",
        all.text()
    );
    let mut counts = Vec::new();
    for row in db.rows(&sql, all.params).await? {
        counts.push(StageCount {
            stage: row.parse::<StoredStage>("stage")?.0,
            count: u64::try_from(row.int("n")?).unwrap_or(0),
        });
    }
    counts.sort_by_key(|count| count.stage);
    Ok(counts)
}

/// Where an observation comes from and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// The observation as it stands, or as it last stood.
    pub observation: Observation,
    /// Number of the entry after which it no longer stood: withdrawn, or its batch taken back.
    pub ended: Option<Seq>,
    /// The batch it came with; none for readers outside the administration.
    pub batch: Option<BatchInfo>,
    /// The facts about it, earliest first; none for readers outside the administration.
    pub facts: Vec<RecordedFact>,
    /// Name of the command that recorded it.
    pub command: Option<String>,
}

/// An observation with the facts behind it, also when it no longer stands: a report that was signed may
/// rest on it.
///
/// # Errors
/// [`Refusal::NotFound`] when it was not known then or the reader does not see it; the store.
pub async fn lineage(
    journal: &Journal,
    scope: &Scope,
    as_known: &AsKnown,
    id: ObservationId,
) -> Result<Lineage, Refusal> {
    let mut all = Conditions::visible(scope);
    all.equals("id", id.0);
    let until = as_known.seq.unwrap_or(Seq::MAX);
    let sql = format!(
        "SELECT {COLUMNS} FROM observation o WHERE {} AND o.known_from <= ${} \
         ORDER BY o.known_from DESC LIMIT 1",
        all.text(),
        all.next()
    );
    all.params.push(until.into());
    let row = journal.db().row(&sql, all.params).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let observation = read_observation(&row)?;
    let ended = row.opt_int("known_to")?.filter(|seq| *seq <= until);
    let (mut batch, mut facts, mut command) = (None, Vec::new(), None);
    if scope.sees_field(FieldClass::Internal) {
        batch = match observation.batch {
            Some(id) => batch_of(journal.db(), scope, as_known, id).await?,
            None => None,
        };
        facts = facts_about(journal, &observation, as_known.seq).await?;
        let entry = journal.entries_after(observation.seq - 1, 1).await?;
        command = entry.into_iter().next().map(|entry| entry.command);
    }
    let observation = observation.masked(scope);
    Ok(Lineage {
        observation,
        ended,
        batch,
        facts,
        command,
    })
}

async fn facts_about(
    journal: &Journal,
    observation: &Observation,
    until: Option<Seq>,
) -> Result<Vec<RecordedFact>, JournalError> {
    let id = observation.id.to_string();
    let own = journal.stream(&observation.key.stream(), until).await?;
    let about = |fact: &RecordedFact| fact.data.get("id").and_then(|v| v.as_str()) == Some(&id);
    let mut facts: Vec<_> = own.facts.into_iter().filter(about).collect();
    if let Some(batch) = observation.batch {
        facts.extend(journal.stream(&batch.stream(), until).await?.facts);
    }
    facts.sort_by_key(|fact| (fact.seq, fact.ix));
    Ok(facts)
}
