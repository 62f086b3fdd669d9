use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::{AsKnown, OrgId, Refusal, Scope};
use catalogue::{
    Campaign, Codelist, Definition, Format, Header, Id, Indicator, Organisation, Report, Settings,
};
use jiff::civil::Date;
use journal::{Db, Journal, JournalError, Seq, params};

use crate::agency::AgencyIndex;
use crate::areas::{AreaIndex, Areas};
use crate::command::{LAST_CHANGE, key};
use crate::decide::read;
use crate::indicators::Indicators;
use crate::organisations::{Organisations, id_of};

/// A definition in force and the hash that facts made under it are pinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned<T> {
    /// The definition.
    pub definition: T,
    /// SHA-256 of its canonical JSON, 64 hexadecimal digits.
    pub hash: String,
}

/// Every definition that was in force at one moment of the record, indexed.
#[derive(Debug)]
pub struct Directory {
    seq: Seq,
    headers: Vec<Pinned<Header>>,
    areas: AreaIndex,
    organisations: BTreeMap<OrgId, Organisation>,
    agencies: AgencyIndex,
    indicators: BTreeMap<Id, Pinned<Indicator>>,
    codelists: BTreeMap<Id, Pinned<Codelist>>,
    reports: BTreeMap<Id, Pinned<Report>>,
    formats: BTreeMap<Id, Pinned<Format>>,
    settings: BTreeMap<Id, Pinned<Settings>>,
    campaigns: BTreeMap<Id, Pinned<Campaign>>,
}

impl Directory {
    /// Indexes definitions, each with its hash, as they were in force after entry `seq`. For tests and
    /// previews; the running system asks [`Directories`].
    pub fn of(seq: Seq, definitions: Vec<Pinned<Definition>>) -> Self {
        let mut directory = Self {
            seq,
            headers: Vec::with_capacity(definitions.len()),
            areas: AreaIndex::default(),
            organisations: BTreeMap::new(),
            agencies: AgencyIndex::default(),
            indicators: BTreeMap::new(),
            codelists: BTreeMap::new(),
            reports: BTreeMap::new(),
            formats: BTreeMap::new(),
            settings: BTreeMap::new(),
            campaigns: BTreeMap::new(),
        };
        for pinned in definitions {
            directory.add(pinned);
        }
        directory.headers.sort_by(|a, b| {
            (a.definition.kind, &a.definition.id).cmp(&(b.definition.kind, &b.definition.id))
        });
        directory.agencies =
            AgencyIndex::new(directory.organisations.values(), Areas(&directory.areas));
        directory
    }

    fn add(&mut self, pinned: Pinned<Definition>) {
        let hash = pinned.hash;
        self.headers.push(Pinned {
            definition: pinned.definition.header().clone(),
            hash: hash.clone(),
        });
        match pinned.definition {
            Definition::Areas(areas) => {
                areas
                    .list
                    .areas
                    .into_iter()
                    .for_each(|area| self.areas.add(area));
            }
            Definition::Organisations(list) => {
                let organisations = list.list.organisations.into_iter();
                self.organisations
                    .extend(organisations.map(|o| (id_of(&o), o)));
            }
            Definition::Indicator(definition) => {
                insert(
                    &mut self.indicators,
                    definition.def.id.clone(),
                    definition,
                    hash,
                );
            }
            Definition::Codelist(definition) => {
                insert(
                    &mut self.codelists,
                    definition.def.id.clone(),
                    definition,
                    hash,
                );
            }
            Definition::Report(definition) => {
                insert(
                    &mut self.reports,
                    definition.def.id.clone(),
                    definition,
                    hash,
                );
            }
            Definition::Format(definition) => {
                insert(
                    &mut self.formats,
                    definition.def.id.clone(),
                    *definition,
                    hash,
                );
            }
            Definition::Settings(definition) => {
                insert(
                    &mut self.settings,
                    definition.def.id.clone(),
                    definition,
                    hash,
                );
            }
            Definition::Campaign(definition) => {
                insert(
                    &mut self.campaigns,
                    definition.def.id.clone(),
                    definition,
                    hash,
                );
            }
        }
    }

    /// The last entry that changed a definition: the version a form is filled against.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// What every definition says of itself, by kind and id.
    pub fn headers(&self) -> &[Pinned<Header>] {
        &self.headers
    }

    /// The areas.
    pub fn areas(&self) -> Areas<'_> {
        Areas(&self.areas)
    }

    /// The organisations.
    pub fn organisations(&self) -> Organisations<'_> {
        Organisations {
            by_id: &self.organisations,
            agencies: &self.agencies,
            areas: self.areas(),
        }
    }

    /// The indicators.
    pub fn indicators(&self) -> Indicators<'_> {
        Indicators(&self.indicators)
    }

    /// A code list.
    pub fn codelist(&self, id: &str) -> Option<&Pinned<Codelist>> {
        self.codelists.get(&id.parse().ok()?)
    }

    /// The periodic reports, by id.
    pub fn reports(&self) -> impl Iterator<Item = &Pinned<Report>> {
        self.reports.values()
    }

    /// A periodic report.
    pub fn report(&self, id: &str) -> Option<&Pinned<Report>> {
        self.reports.get(&id.parse().ok()?)
    }

    /// The campaigns of which a season can be opened, by id.
    pub fn campaigns(&self) -> impl Iterator<Item = &Pinned<Campaign>> {
        self.campaigns.values()
    }

    /// A campaign.
    pub fn campaign(&self, id: &str) -> Option<&Pinned<Campaign>> {
        self.campaigns.get(&id.parse().ok()?)
    }

    /// How a kind of document must look.
    pub fn format(&self, id: &str) -> Option<&Pinned<Format>> {
        self.formats.get(&id.parse().ok()?)
    }

    /// The settings valid on a day; of several, those that became valid last.
    pub fn settings(&self, day: Date) -> Option<&Pinned<Settings>> {
        self.settings
            .values()
            .filter(|settings| settings.definition.def.valid_on(day))
            .max_by_key(|settings| settings.definition.def.valid_from)
    }
}

fn insert<T>(map: &mut BTreeMap<Id, Pinned<T>>, id: Id, definition: T, hash: String) {
    map.insert(id, Pinned { definition, hash });
}

/// Loads directories and keeps the last few. Cloning is cheap and shares what is kept.
///
/// Load before [`Journal::write`], not inside it: the writer holds a connection while it waits.
#[derive(Clone)]
pub struct Directories {
    db: Db,
    /// With the hash of the entry that changed a definition last.
    kept: Arc<Mutex<Vec<Kept>>>,
}

/// A directory, and the hash of the entry that changed a definition last.
type Kept = (Vec<u8>, Arc<Directory>);

/// The directory of now, and of a few days that a reader compares with it.
const KEPT: usize = 4;

impl Directories {
    /// The directories of a journal that has these [`crate::projections`].
    pub fn new(journal: &Journal) -> Self {
        Self {
            db: journal.db().clone(),
            kept: Arc::default(),
        }
    }

    /// What was in force, as known then. Definitions are public: the scope is asked for so that every
    /// read shows who reads.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(&self, _scope: &Scope, as_known: AsKnown) -> Result<Arc<Directory>, Refusal> {
        let until = as_known.seq.unwrap_or(Seq::MAX);
        let last = self.db.row(LAST_CHANGE, params![until]).await?;
        let seq = last.map_or(Ok(0), |row| row.int("seq"))?;
        let change = self.change(seq).await?;
        if let Some(kept) = self.kept(&change) {
            return Ok(kept);
        }
        // Asked as known after `seq`, so that an activation in between does not mix two states.
        let directory = Arc::new(self.read_at(seq, as_known.day).await?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(0, (change, directory.clone()));
        kept.truncate(KEPT);
        Ok(directory)
    }

    /// The hash of the entry that changed a definition last. Its number alone would not do: after a tail
    /// was lost to a standby that took over, another entry has the same number.
    async fn change(&self, seq: Seq) -> Result<Vec<u8>, JournalError> {
        let sql = "SELECT hash FROM journal_entry WHERE seq = $1";
        let row = self.db.row(sql, params![seq]).await?;
        row.map_or(Ok(Vec::new()), |row| row.bytes("hash"))
    }

    fn kept(&self, change: &[u8]) -> Option<Arc<Directory>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == change)?;
        let found = kept.remove(at);
        let directory = found.1.clone();
        kept.insert(0, found);
        Some(directory)
    }

    async fn read_at(&self, seq: Seq, day: Date) -> Result<Directory, JournalError> {
        let known = AsKnown::at(seq, day).condition("d", 1);
        let sql = format!(
            "SELECT d.kind, d.id, d.hash, d.canonical FROM definition d WHERE {}",
            known.sql
        );
        let mut definitions = Vec::new();
        for row in self.db.rows(&sql, known.params).await? {
            let (kind, id) = key(&row)?;
            definitions.push(Pinned {
                definition: read(kind, &id, row.text("canonical")?.as_bytes())?,
                hash: row.text("hash")?,
            });
        }
        Ok(Directory::of(seq, definitions))
    }

    /// The definition a fact was pinned to, whether or not it is still in force.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no definition of this hash was ever in force.
    pub async fn pinned(&self, _scope: &Scope, hash: &str) -> Result<Definition, Refusal> {
        let row = self
            .db
            .row(
                "SELECT kind, id, canonical FROM definition WHERE hash = $1 LIMIT 1",
                params![hash],
            )
            .await?
            .ok_or(Refusal::NotFound)?;
        let (kind, id) = key(&row)?;
        Ok(read(kind, &id, row.text("canonical")?.as_bytes())?)
    }
}
