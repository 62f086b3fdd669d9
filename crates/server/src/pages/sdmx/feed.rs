//! What a query for data is answered with, portion by portion.

use std::sync::Arc;

use activation::{Directory, Pinned};
use catalogue::{Indicator, Unit};
use interchange::sdmx::data::DataSet;
use interchange::sdmx::query::DataQuery;
use interchange::sdmx::{self, Action, Structure, period};
use jiff::Timestamp;
use journal::Seq;
use observation::{Knowledge, Observation, Reign, Walk, Walked, Wanted};

use super::{State, house};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

/// Observations of one series, and the set of data that begins with them.
pub struct Portion {
    /// The set that begins; none when they belong to the one before.
    pub set: Option<DataSet>,
    /// By frequency, stage and period.
    pub observations: Vec<sdmx::Observation>,
}

/// What is told of the past.
#[derive(Clone, Copy)]
enum Telling {
    /// What stood after an entry.
    Standing(Seq),
    /// What came between two entries, and after all of that, what went.
    Came {
        between: (Seq, Seq),
        begun: bool,
        went: bool,
    },
    Went {
        between: (Seq, Seq),
        begun: bool,
    },
    /// Everything that ever stood up to an entry.
    History(Seq),
}

/// The answer to a query for data, read series by series.
pub struct Feed {
    walk: Walk,
    telling: Telling,
    directory: Arc<Directory>,
    /// So many observations of a series from its beginning, and from its end.
    ends: (Option<u64>, Option<u64>),
}

impl Feed {
    /// Begins to answer.
    pub async fn open(
        app: &App,
        ctx: &Ctx,
        query: &DataQuery,
        state: &State,
    ) -> Result<Self, Failure> {
        let wanted = wanted(query, &state.structure)?;
        let until = state.until;
        let (telling, knowledge) = match query.updated_after {
            Some(_) if query.include_history => {
                return Err(Failure::bad_request(
                    "includeHistory và updatedAfter không dùng cùng nhau.",
                    "includeHistory and updatedAfter do not go together.",
                ));
            }
            Some(moment) => {
                if query.as_of.is_some_and(|as_of| as_of < moment) {
                    return Err(Failure::bad_request(
                        "updatedAfter muộn hơn asOf.",
                        "updatedAfter lies after asOf.",
                    ));
                }
                let after = app.journal.known_at(moment).await?.min(until);
                let between = (after, until);
                (
                    Telling::Came {
                        between,
                        begun: false,
                        went: false,
                    },
                    Knowledge::Changed { after, until },
                )
            }
            None if query.include_history => (Telling::History(until), Knowledge::Ever(until)),
            None => (Telling::Standing(until), Knowledge::At(until)),
        };
        Ok(Self {
            walk: Walk::begin(&app.journal, &ctx.scope, wanted, knowledge).await?,
            telling,
            directory: state.directory.clone(),
            ends: (query.first, query.last),
        })
    }

    /// The next portions, of one series; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Portion>>, Failure> {
        loop {
            let Some(series) = self.walk.next().await? else {
                match self.telling {
                    Telling::Came {
                        between,
                        went: true,
                        ..
                    } => {
                        self.telling = Telling::Went {
                            between,
                            begun: false,
                        };
                        self.walk = self.walk.again();
                        continue;
                    }
                    _ => return Ok(None),
                }
            };
            let portions = self.portions(&series);
            if !portions.is_empty() {
                return Ok(Some(portions));
            }
        }
    }

    fn portions(&mut self, series: &Walked) -> Vec<Portion> {
        let directory = self.directory.clone();
        // What no definition in force describes has no code, and no unit.
        let indicator = directory.indicators().get(series.key.indicator.as_str());
        let area = directory.areas().get(series.key.area);
        let (Some(Pinned { definition, .. }), Some(_)) = (indicator, area) else {
            return Vec::new();
        };
        self.told(series, definition)
            .into_iter()
            .filter(|portion| !portion.observations.is_empty())
            .collect()
    }

    fn told(&mut self, series: &Walked, indicator: &Indicator) -> Vec<Portion> {
        let (order, unit) = (&indicator.series.prevailing, &indicator.value.unit);
        let set = |begun: &mut bool, action: Action, observations: Vec<sdmx::Observation>| {
            let begins = !observations.is_empty() && !std::mem::replace(begun, true);
            let set = DataSet {
                action,
                ..DataSet::default()
            };
            Portion {
                set: begins.then_some(set),
                observations,
            }
        };
        match &mut self.telling {
            Telling::Standing(seq) => {
                let observations = ends(leaving(series.at(*seq, order), unit), self.ends);
                vec![Portion {
                    set: None,
                    observations,
                }]
            }
            Telling::Came {
                between,
                begun,
                went,
            } => {
                let changes = series.changes(*between, order);
                *went |= !changes.went.is_empty();
                let observations = ends(leaving(changes.came, unit), self.ends);
                vec![set(begun, Action::Append, observations)]
            }
            Telling::Went { between, begun } => {
                let observations = leaving(series.changes(*between, order).went, unit);
                vec![set(begun, Action::Delete, observations)]
            }
            Telling::History(until) => history(&series.reigns(*until, order), unit, self.ends),
        }
    }
}

/// What of the observations a query asks for.
pub fn wanted(query: &DataQuery, structure: &Structure) -> Result<Wanted, Failure> {
    let key = query.key.of(structure)?;
    let mut wanted = house::wanted(&key).ok_or(Failure::NotFound)?;
    wanted.from = query.window.from;
    wanted.before = query.window.before;
    // A provider is the agency itself, or one of the organisations that report to it.
    let providers = query.provider.iter().flat_map(|all| all.split('+'));
    let providers: Vec<&str> = providers
        .map(|provider| provider.rsplit(',').next().unwrap_or(provider))
        .collect();
    if !providers.contains(&structure.agency()) {
        let organisation = |id: &&str| access::OrgId((*id).to_owned());
        wanted.organisations = providers.iter().map(organisation).collect();
    }
    Ok(wanted)
}

/// Observations as they leave, by frequency, stage and period.
fn leaving(observations: Vec<&Observation>, unit: &Unit) -> Vec<sdmx::Observation> {
    let mut observations = observations;
    observations.sort_by_key(|o| {
        let figure = &o.figure;
        (
            period::frequency(figure.period),
            figure.stage,
            figure.period,
        )
    });
    observations
        .into_iter()
        .map(|o| house::outgoing(o, unit))
        .collect()
}

/// So many observations of each series from its beginning, and so many from its end.
fn ends(
    observations: Vec<sdmx::Observation>,
    (first, last): (Option<u64>, Option<u64>),
) -> Vec<sdmx::Observation> {
    if (first, last) == (None, None) {
        return observations;
    }
    let count = |n: Option<u64>| n.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let (first, last) = (count(first), count(last));
    let mut kept = Vec::new();
    for series in observations.chunk_by(|a, b| a.key == b.key) {
        let from_end = series.len().saturating_sub(last);
        let at_ends = |at: &usize| *at < first || *at >= from_end;
        kept.extend(
            (0..series.len())
                .filter(at_ends)
                .map(|at| series[at].clone()),
        );
    }
    kept
}

/// One set of data for each time of validity: within a series what was disseminated together stands together.
fn history(reigns: &[Reign<'_>], unit: &Unit, kept: (Option<u64>, Option<u64>)) -> Vec<Portion> {
    let mut reigns: Vec<&Reign<'_>> = reigns.iter().collect();
    reigns.sort_by_key(|reign| (reign.from, reign.to.unwrap_or(i64::MAX)));
    let moment = |microseconds: i64| Timestamp::from_microsecond(microseconds).ok();
    let mut portions = Vec::new();
    for together in reigns.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to)) {
        let observations = together.iter().map(|reign| reign.observation).collect();
        portions.extend(together.first().map(|reign| Portion {
            set: Some(DataSet {
                action: Action::Replace,
                valid_from: moment(reign.from),
                valid_to: reign.to.and_then(moment),
            }),
            observations: ends(leaving(observations, unit), kept),
        }));
    }
    portions
}
