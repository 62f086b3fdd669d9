//! Figures in memory, rolled up: what an area has for a period, from its own figures and from those below.
//!
//! Each process holds the observations that stand, and columns ([`measure::rollup`]) of those that prevail: one set of
//! what everybody may see, one of what the administration may see. They follow the journal by its numbers; a new figure
//! is put in its place, nothing is built anew in its path. What is asked "as known on" an earlier day, and everything
//! while the columns are being filled, is answered by the same code from the tables.
//!
//! ```no_run
//! # async fn page(columns: observation::columns::Columns, scope: &access::Scope, as_known: access::AsKnown,
//! #     indicator: &catalogue::Id, province: viet::AreaKey) -> Result<(), access::Refusal> {
//! # use {catalogue::Level, measure::rollup::View, observation::columns::Ask, viet::Period};
//! let view = View::OnMapOf(as_known.day);
//! let ask = Ask { scope, as_known, indicator, view };
//! let value = columns.value(&ask, province, Period::Year(2025)).await?;
//! let communes = columns.compare(&ask, Level::Commune, Some(province), Period::Year(2025)).await?;
//! # Ok(()) }
//! ```

mod answer;
mod derived;
mod follow;
mod formula;
mod held;
mod known;
mod layout;
mod load;
mod method;
mod plan;
mod rows;
mod tfp;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use access::{AsKnown, Refusal, Scope};
use activation::{Directories, Directory};
use catalogue::{Id, Level, Periodicity};
use jiff::civil::Date;
use journal::{Journal, Seq};
use measure::rollup::View;
use viet::{AreaKey, Period};

pub use answer::{Ranked, SeriesGap, Source, Stated, Value};
pub use derived::{Derived, Input, NoValue};
pub use known::Known;

use answer::Asked;
use held::Held;
use layout::Layout;

use crate::SeriesKey;

/// How long a question waits for entries that are being taken in; after that it goes to the tables. A figure takes a
/// millisecond, a batch of a million of them seconds.
const PATIENCE: Duration = Duration::from_millis(50);

/// The columns of a process. Cloning is cheap and shares them.
#[derive(Clone)]
pub struct Columns {
    journal: Journal,
    directories: Directories,
    held: Arc<RwLock<Option<Held>>>,
    /// The line of the journal they were filled from; held by whoever takes entries in.
    line: Arc<tokio::sync::Mutex<Option<u64>>>,
    /// The layouts asked for last, now's and one of an earlier day: a page asks several questions about one.
    layouts: Arc<Mutex<VecDeque<Arc<Layout>>>>,
}

/// Layouts kept.
const LAYOUTS: usize = 2;

/// Who asks what.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The reader.
    pub scope: &'a Scope,
    /// As which day's knowledge.
    pub as_known: AsKnown,
    /// About which indicator.
    pub indicator: &'a Id,
    /// On which map.
    pub view: View,
}

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The last entry taken in.
    pub reached: Seq,
    /// Observations that stand.
    pub observations: usize,
    /// Bytes of the columns of those that prevail.
    pub column_bytes: usize,
}

impl Columns {
    /// Empty columns of a journal; [`Columns::run`] fills them and keeps them up.
    pub fn new(journal: Journal, directories: Directories) -> Self {
        Self {
            journal,
            directories,
            held: Arc::default(),
            line: Arc::default(),
            layouts: Arc::default(),
        }
    }

    /// The last entry taken in; none while they are not filled.
    pub fn reached(&self) -> Option<Seq> {
        self.read(|held| held.map(|held| held.reached))
    }

    /// What is held; none while they are not filled.
    pub fn extent(&self) -> Option<Extent> {
        self.read(|held| {
            held.map(|held| Extent {
                reached: held.reached,
                observations: held.rows().len(),
                column_bytes: held.column_bytes(),
            })
        })
    }

    /// What an area has for a period.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an indicator or area that is not defined; the store.
    pub async fn value(
        &self,
        ask: &Ask<'_>,
        area: AreaKey,
        period: Period,
    ) -> Result<Value, Refusal> {
        self.asked(ask, |asked| asked.value(area, period)).await
    }

    /// What an area has for the periods of a rhythm, the earliest first; periods about which nothing is known are left
    /// out.
    ///
    /// # Errors
    /// See [`Columns::value`].
    pub async fn series(
        &self,
        ask: &Ask<'_>,
        area: AreaKey,
        every: Periodicity,
    ) -> Result<Vec<Value>, Refusal> {
        self.asked(ask, |asked| asked.series(area, every)).await
    }

    /// All areas of a level on the map asked for, or those within one area, the best first.
    ///
    /// # Errors
    /// See [`Columns::value`].
    pub async fn compare(
        &self,
        ask: &Ask<'_>,
        level: Level,
        within: Option<AreaKey>,
        period: Period,
    ) -> Result<Vec<Ranked>, Refusal> {
        self.asked(ask, |asked| asked.compare(level, within, period))
            .await
    }

    /// The periods of the indicator's rhythm for which areas of a level may have a value, the earliest first.
    ///
    /// # Errors
    /// See [`Columns::value`].
    pub async fn periods(&self, ask: &Ask<'_>, level: Level) -> Result<Vec<Period>, Refusal> {
        self.asked(ask, |asked| {
            let periods = asked.periods(level, asked.rhythm());
            Ok(periods.into_iter().collect())
        })
        .await
    }

    /// The observations behind a value.
    ///
    /// # Errors
    /// See [`Columns::value`].
    pub async fn lineage(
        &self,
        ask: &Ask<'_>,
        area: AreaKey,
        period: Period,
    ) -> Result<Vec<Source>, Refusal> {
        self.asked(ask, |asked| asked.lineage(area, period)).await
    }

    /// The figures that a value follows from by a quotient, a formula or a method; none for one that was stated or
    /// is the sum, the mean or the last of others.
    ///
    /// # Errors
    /// See [`Columns::value`].
    pub async fn inputs(
        &self,
        ask: &Ask<'_>,
        area: AreaKey,
        period: Period,
    ) -> Result<Vec<Input>, Refusal> {
        self.asked(ask, |asked| asked.inputs_of(area, period)).await
    }

    /// What several areas have for the periods of their indicators' own rhythm, each on a map on which the area
    /// lives: today's, or the last one of an area that ended. What is not defined is left out.
    ///
    /// # Errors
    /// The store.
    pub async fn series_of(
        &self,
        scope: &Scope,
        as_known: AsKnown,
        keys: &BTreeSet<SeriesKey>,
    ) -> Result<BTreeMap<SeriesKey, Vec<Value>>, Refusal> {
        let indicators: BTreeSet<&Id> = keys.iter().map(|key| &key.indicator).collect();
        let answered = |held: &Held| {
            let mut found = BTreeMap::new();
            // Columns hold wholes; nothing is derived of a part.
            for key in keys.iter().filter(|key| key.breakdown.is_whole()) {
                match own_series(held, scope, as_known, key) {
                    Ok(series) => drop(found.insert(key.clone(), series)),
                    Err(Refusal::NotFound) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            Ok(found)
        };
        self.answered(scope, as_known, &indicators, answered).await
    }

    async fn asked<T>(
        &self,
        ask: &Ask<'_>,
        answer: impl Fn(&Asked<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let answered = |held: &Held| {
            let asked = Asked::new(held, ask.scope, ask.indicator, ask.view)?;
            answer(&asked)
        };
        let indicators = BTreeSet::from([ask.indicator]);
        self.answered(ask.scope, ask.as_known, &indicators, answered)
            .await
    }

    /// From what is held when that is all there is to know, otherwise from the tables.
    async fn answered<T>(
        &self,
        scope: &Scope,
        as_known: AsKnown,
        indicators: &BTreeSet<&Id>,
        answer: impl Fn(&Held) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if as_known.seq.is_none()
            && self.is_up().await
            && let Some(found) = self.read(|held| held.map(&answer))
            // What another process has just defined is in the tables before it is laid out here.
            && !matches!(found, Err(Refusal::NotFound))
        {
            return found;
        }
        let directory = self.directories.load(scope, as_known).await?;
        let all = indicators.iter().flat_map(|id| needed(&directory, id));
        let db = self.journal.db();
        let rows = load::of_indicators(db, scope, &as_known, &all.collect()).await?;
        let layout = self.layout(directory);
        answer(&Held::new(rows, layout, as_known.seq.unwrap_or(0)))
    }

    /// Has everything been taken in that this process knows to be recorded? What it wrote itself a moment ago is
    /// waited for, so that whoever wrote it meets it on the next page.
    async fn is_up(&self) -> bool {
        let known = self.journal.follow().borrow().head.seq;
        match self.reached() {
            None => false,
            Some(reached) if reached >= known => true,
            Some(_) => {
                let taken = tokio::time::timeout(PATIENCE, self.follow()).await;
                matches!(taken, Ok(Ok(reached)) if reached >= known)
            }
        }
    }

    /// How columns are laid out by a directory.
    fn layout(&self, directory: Arc<Directory>) -> Arc<Layout> {
        let kept = || self.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |layout: &&Arc<Layout>| Arc::ptr_eq(&layout.directory, &directory);
        if let Some(found) = kept().iter().find(same) {
            return found.clone();
        }
        // Made without holding the others up; made twice it is the same.
        let layout = Arc::new(Layout::of(directory.clone()));
        let mut kept = kept();
        kept.truncate(LAYOUTS - 1);
        kept.push_front(layout.clone());
        layout
    }

    fn read<T>(&self, read: impl FnOnce(Option<&Held>) -> T) -> T {
        read(
            self.held
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .as_ref(),
        )
    }

    fn put(&self, held: Option<Held>) {
        let before = {
            let mut place = self.held.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, held)
        };
        // Millions of rows take a while to go; nobody waits for it.
        drop(before);
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        let mut place = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = place.as_mut() {
            change(held);
        }
    }
}

/// A map on which an area lives: that of the day, or of its own last day where it has ended by then.
pub fn own_map(directory: &Directory, area: AreaKey, day: Date) -> View {
    let known = directory.areas().get(area);
    let ended = known.and_then(|area| area.valid_to?.yesterday().ok());
    View::OnMapOf(ended.map_or(day, |last| last.min(day)))
}

/// What the area of a series has, on a map on which it lives.
fn own_series(
    held: &Held,
    scope: &Scope,
    as_known: AsKnown,
    key: &SeriesKey,
) -> Result<Vec<Value>, Refusal> {
    let view = own_map(&held.layout.directory, key.area, as_known.day);
    let asked = Asked::new(held, scope, &key.indicator, view)?;
    asked.series(key.area, asked.rhythm())
}

/// An indicator and all that its values may follow from, by whichever of its formulas.
fn needed(directory: &Directory, indicator: &Id) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    let mut open = vec![indicator.clone()];
    while let Some(id) = open.pop() {
        if !found.insert(id.clone()) {
            continue;
        }
        let Some(pinned) = directory.indicators().get(id.as_str()) else {
            continue;
        };
        for computed in &pinned.definition.computed {
            // An expression that cannot be read was refused when the definition was read.
            open.extend(computed.formula.indicators().unwrap_or_default());
        }
        let aggregation = pinned.definition.series.aggregation.as_ref();
        open.extend(aggregation.and_then(|aggregation| aggregation.weight.clone()));
    }
    found
}
