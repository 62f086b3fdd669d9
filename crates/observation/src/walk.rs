//! Series one after the other, read page by page: for whoever takes many of them out. What is held is a page and the
//! series at hand, and no transaction stays open: all pages are asked as known after one entry.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::ControlFlow;

use access::{AsKnown, Audience, OrgId, Refusal, Scope};
use catalogue::{Id, Prevailing, Stage};
use jiff::civil::Date;
use journal::{Db, FactFamily, Journal, JournalError, Row, Seq, Value};
use viet::{AreaKey, Period};

use crate::conditions::{Conditions, qualified};
use crate::prevailing::standing;
use crate::projection::{PeriodKind, read_observation};
use crate::state::StoredStage;
use crate::{Observation, ObservationId, SeriesFact, SeriesKey};

/// Rows read at a time.
const PAGE: usize = 5_000;

/// Which observations of the whole are walked over; parts by a breakdown are not. An empty list does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of these indicators.
    pub indicators: Vec<Id>,
    /// Of these areas.
    pub areas: Vec<AreaKey>,
    /// Of these stages.
    pub stages: Vec<Stage>,
    /// For periods of these kinds.
    pub kinds: Vec<PeriodKind>,
    /// Reported by these agencies.
    pub organisations: Vec<OrgId>,
    /// For periods that do not begin before, by the civil calendar.
    pub from: Option<Date>,
    /// For periods that are over by this day, by the civil calendar.
    pub before: Option<Date>,
}

impl Wanted {
    fn narrow(&self, all: &mut Conditions) {
        all.whole();
        all.any_of("indicator", self.indicators.iter().map(Id::as_str));
        all.any_of("area_key", self.areas.iter().map(AreaKey::to_string));
        all.any_of("stage", self.stages.iter().map(|stage| stage.word()));
        all.any_of("period_kind", self.kinds.iter().map(|kind| kind.word()));
        let organisations = self.organisations.iter().map(|org| org.0.as_str());
        all.any_of("organisation", organisations);
        for (bound, day) in [
            ("period_start >=", self.from),
            ("period_end <=", self.before),
        ] {
            if let Some(day) = day {
                let day = all.value(day);
                all.sql.push(format!("o.{bound} {day}"));
            }
        }
    }
}

/// What of the past is walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// What stood after an entry.
    At(Seq),
    /// The series in which something came or went between two entries, with all that stood after the first or later.
    Changed {
        /// The entry up to which the reader knows.
        after: Seq,
        /// The entry up to which is told.
        until: Seq,
    },
    /// All that ever stood up to an entry.
    Ever(Seq),
}

/// An observation, and what became of it.
#[derive(Debug, Clone)]
struct Version {
    observation: Observation,
    /// The entry that showed it to this reader, where that came later than its record.
    shown: Option<Seq>,
    /// After which entry it no longer stood, and when that was in microseconds since 1970.
    ended: Option<(Seq, i64)>,
}

impl Version {
    fn stood_after(&self, seq: Seq) -> bool {
        self.observation.seq <= seq && self.ended.is_none_or(|(end, _)| end > seq)
    }
}

/// The observations of one indicator in one area that were walked over.
#[derive(Debug, Clone)]
pub struct Walked {
    /// Indicator and area.
    pub key: SeriesKey,
    versions: Vec<Version>,
}

/// What came and what went between two entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    /// What prevails now where something else prevailed, or nothing.
    pub came: Vec<&'a Observation>,
    /// What prevailed where now nothing does.
    pub went: Vec<&'a Observation>,
}

/// The time during which an observation prevailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reign<'a> {
    /// The observation.
    pub observation: &'a Observation,
    /// Since when, in microseconds since 1970.
    pub from: i64,
    /// Until when; none while it lasts.
    pub to: Option<i64>,
}

/// Where observations compete when stages are told apart.
type Place = (PeriodKind, Stage, Period);

impl Walked {
    /// One observation for each stage and period: what prevailed after an entry, by stage, the earliest period first.
    pub fn at(&self, seq: Seq, order: &Prevailing) -> Vec<&Observation> {
        let found = self.prevailing(|v| v.stood_after(seq), order);
        found.into_values().collect()
    }

    /// What prevails after `until` and did not after `after`, and where nothing prevails any more. What was published
    /// since counts as not known to a reader who saw it only by that.
    pub fn changes(&self, (after, until): (Seq, Seq), order: &Prevailing) -> Changes<'_> {
        let known = |v: &Version| v.stood_after(after) && v.shown.is_none_or(|seq| seq <= after);
        let before = self.prevailing(known, order);
        let now = self.prevailing(|v| v.stood_after(until), order);
        let same = |place: &Place, o: &Observation| before.get(place).is_some_and(|b| b.id == o.id);
        let went = before.iter().filter(|(place, _)| !now.contains_key(place));
        Changes {
            went: went.map(|(_, o)| *o).collect(),
            came: now
                .iter()
                .filter(|(place, o)| !same(place, o))
                .map(|(_, o)| *o)
                .collect(),
        }
    }

    /// Who prevailed from when to when, up to an entry: place by place, the earliest first.
    pub fn reigns(&self, until: Seq, order: &Prevailing) -> Vec<Reign<'_>> {
        let mut places: BTreeMap<Place, Vec<&Version>> = BTreeMap::new();
        for version in &self.versions {
            places.entry(place(version)).or_default().push(version);
        }
        let mut reigns = Vec::new();
        for versions in places.values() {
            reigns.extend(reigns_of(versions, until, order));
        }
        reigns
    }

    fn prevailing(
        &self,
        counts: impl Fn(&Version) -> bool,
        order: &Prevailing,
    ) -> BTreeMap<Place, &Observation> {
        let mut places: BTreeMap<Place, Vec<&Version>> = BTreeMap::new();
        for version in self.versions.iter().filter(|v| counts(v)) {
            places.entry(place(version)).or_default().push(version);
        }
        let best = places.into_iter().filter_map(|(place, versions)| {
            let best = versions.into_iter().min_by_key(|v| rank(v, order))?;
            Some((place, &best.observation))
        });
        best.collect()
    }
}

fn place(version: &Version) -> Place {
    let figure = &version.observation.figure;
    (PeriodKind::of(figure.period), figure.stage, figure.period)
}

fn rank(version: &Version, order: &Prevailing) -> impl Ord + use<> {
    let o = &version.observation;
    standing(order, o.figure.stage, o.figure.vintage, (o.seq, o.row))
}

/// The reigns of one place: at every turn, when something came or went, the best of what stands.
fn reigns_of<'a>(versions: &[&'a Version], until: Seq, order: &Prevailing) -> Vec<Reign<'a>> {
    let mut turns = BTreeMap::new();
    for version in versions {
        turns.insert(version.observation.seq, version.observation.recorded_at);
        turns.extend(version.ended);
    }
    let mut reigns: Vec<Reign<'a>> = Vec::new();
    let mut last: Option<ObservationId> = None;
    for (seq, moment) in turns.range(..=until) {
        let standing = versions.iter().filter(|v| v.stood_after(*seq));
        let best = standing.min_by_key(|v| rank(v, order));
        let id = best.map(|v| v.observation.id);
        if id == last {
            continue;
        }
        if last.is_some()
            && let Some(reign) = reigns.last_mut()
        {
            reign.to = Some(*moment);
        }
        reigns.extend(best.map(|v| Reign {
            observation: &v.observation,
            from: *moment,
            to: None,
        }));
        last = id;
    }
    reigns
}

/// Where a page ended: the columns of its order.
type Cursor = [Value; 6];

const ORDER: &str = "o.indicator, o.area_key, o.period_kind, o.period_end, o.seq, o.row_no";

/// A walk over series.
#[derive(Clone)]
pub struct Walk {
    journal: Journal,
    scope: Scope,
    wanted: Wanted,
    knowledge: Knowledge,
    /// What was published since, for a reader who did not see it before.
    published: HashMap<ObservationId, (SeriesKey, Seq)>,
    cursor: Option<Cursor>,
    read: VecDeque<Version>,
    finished: bool,
}

impl Walk {
    /// Begins a walk over what a reader sees.
    ///
    /// # Errors
    /// The store.
    pub async fn begin(
        journal: &Journal,
        scope: &Scope,
        wanted: Wanted,
        knowledge: Knowledge,
    ) -> Result<Self, Refusal> {
        let mut walk = Self {
            journal: journal.clone(),
            scope: scope.clone(),
            wanted,
            knowledge,
            published: HashMap::new(),
            cursor: None,
            read: VecDeque::new(),
            finished: false,
        };
        if let Knowledge::Changed { after, .. } = knowledge
            && !scope.sees(Audience::Internal, &[])
        {
            walk.published = published(journal, (after, Seq::MAX)).await?;
        }
        Ok(walk)
    }

    /// The same walk from its beginning.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            cursor: None,
            read: VecDeque::new(),
            finished: false,
            ..self.clone()
        }
    }

    /// The next series, by indicator and area; none at the end.
    ///
    /// # Errors
    /// The store.
    pub async fn next(&mut self) -> Result<Option<Walked>, Refusal> {
        loop {
            let Some(key) = self.read.front().map(|v| v.observation.key.clone()) else {
                if self.finished {
                    return Ok(None);
                }
                self.page().await?;
                continue;
            };
            let of_series = |v: &Version| v.observation.key == key;
            let count = self.read.iter().take_while(|v| of_series(v)).count();
            // A series is whole once another follows it, or nothing.
            if count < self.read.len() || self.finished {
                let versions = self.read.drain(..count).collect();
                return Ok(Some(Walked { key, versions }));
            }
            self.page().await?;
        }
    }

    async fn page(&mut self) -> Result<(), JournalError> {
        let mut all = Conditions::visible(&self.scope);
        self.wanted.narrow(&mut all);
        self.known(&mut all);
        if let Some(cursor) = self.cursor.clone() {
            let places: Vec<String> = cursor.into_iter().map(|value| all.value(value)).collect();
            all.sql.push(format!("({ORDER}) > ({})", places.join(", ")));
        }
        let sql = format!(
            "SELECT {columns}, (SELECT e.recorded_at FROM journal_entry e WHERE e.seq = o.known_to) AS ended_at \
             FROM observation o WHERE {} ORDER BY {ORDER} LIMIT {PAGE}",
            all.text(),
            columns = qualified(),
        );
        let rows = self.journal.db().rows(&sql, all.params).await?;
        self.finished = rows.len() < PAGE;
        if let Some(last) = rows.last() {
            self.cursor = Some(cursor(last)?);
        }
        for row in &rows {
            let version = self.version(row)?;
            self.read.push_back(version);
        }
        Ok(())
    }

    fn version(&self, row: &Row) -> Result<Version, JournalError> {
        let observation = read_observation(row)?.masked(&self.scope);
        let ended = row.opt_int("known_to")?.zip(row.opt_int("ended_at")?);
        let shown = self.published.get(&observation.id).map(|(_, seq)| *seq);
        Ok(Version {
            observation,
            shown,
            ended,
        })
    }

    fn known(&self, all: &mut Conditions) {
        match self.knowledge {
            Knowledge::At(seq) => {
                let day = Date::MIN;
                all.add(AsKnown::at(seq, day).condition("o", all.next()));
            }
            Knowledge::Ever(until) => {
                let until = all.value(until);
                all.sql.push(format!("o.known_from <= {until}"));
            }
            Knowledge::Changed { after, until } => {
                let (after, until) = (all.value(after), all.value(until));
                all.sql.push(format!(
                    "o.known_from <= {until} AND (o.known_to IS NULL OR o.known_to > {after})"
                ));
                let keys: BTreeSet<&SeriesKey> =
                    self.published.values().map(|(key, _)| key).collect();
                let published = match keys.is_empty() {
                    true => String::new(),
                    false => format!(" UNION VALUES {}", all.keys(&keys)),
                };
                // What came is found by its entry; what went has no index of its own.
                all.sql.push(format!(
                    "(o.indicator, o.area_key, o.breakdown) IN (\
                     SELECT p.indicator, p.area_key, p.breakdown FROM observation p WHERE p.seq > {after} \
                     UNION SELECT p.indicator, p.area_key, p.breakdown FROM observation p WHERE p.known_to > {after}{published})"
                ));
            }
        }
    }
}

/// How far a series of one stage and one kind of period reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Indicator and area.
    pub key: SeriesKey,
    /// The kind of its periods.
    pub kind: PeriodKind,
    /// The stage.
    pub stage: Stage,
    /// First day of its first period, by the civil calendar.
    pub first: Date,
    /// The day after its last.
    pub after: Date,
    /// How many periods.
    pub periods: u64,
}

/// Hands out how far each series reaches that a reader sees and that stood after an entry; in no order.
///
/// # Errors
/// The store.
pub async fn extents(
    db: &Db,
    scope: &Scope,
    wanted: &Wanted,
    seq: Seq,
    mut take: impl FnMut(Extent) + Send,
) -> Result<(), Refusal> {
    let mut all = Conditions::visible(scope);
    wanted.narrow(&mut all);
    all.add(AsKnown::at(seq, Date::MIN).condition("o", all.next()));
    let sql = format!(
        "SELECT o.indicator, o.area_key, o.period_kind, o.stage, MIN(o.period_start) AS first, \
         MAX(o.period_end) AS after, COUNT(DISTINCT o.period) AS periods FROM observation o WHERE {} \
         GROUP BY o.indicator, o.area_key, o.period_kind, o.stage",
        all.text()
    );
    let mut tx = db.snapshot().await?;
    tx.each(&sql, all.params, |row| -> Result<_, JournalError> {
        take(extent(&row)?);
        Ok(ControlFlow::Continue(()))
    })
    .await?;
    Ok(())
}

fn extent(row: &Row) -> Result<Extent, JournalError> {
    let word = row.text("period_kind")?;
    let kind = PeriodKind::ALL.into_iter().find(|kind| kind.word() == word);
    Ok(Extent {
        key: SeriesKey::new(row.parse("indicator")?, row.parse("area_key")?),
        kind: kind
            .ok_or_else(|| JournalError::Invariant(format!("{word} is no kind of period")))?,
        stage: row.parse::<StoredStage>("stage")?.0,
        first: row.parse("first")?,
        after: row.parse("after")?,
        periods: u64::try_from(row.int("periods")?).unwrap_or(0),
    })
}

fn cursor(row: &Row) -> Result<Cursor, JournalError> {
    Ok([
        row.text("indicator")?.into(),
        row.text("area_key")?.into(),
        row.text("period_kind")?.into(),
        row.text("period_end")?.into(),
        row.int("seq")?.into(),
        row.int("row_no")?.into(),
    ])
}

async fn published(
    journal: &Journal,
    between: (Seq, Seq),
) -> Result<HashMap<ObservationId, (SeriesKey, Seq)>, JournalError> {
    let mut found = HashMap::new();
    for fact in journal.facts_of_kind("series.published", between).await? {
        let key = SeriesKey::of_stream(&fact.stream);
        if let (Some(key), Some(SeriesFact::Published(data))) = (key, SeriesFact::read(&fact)?) {
            found.entry(data.id).or_insert((key, fact.seq));
        }
    }
    Ok(found)
}
