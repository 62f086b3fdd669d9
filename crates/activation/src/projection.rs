use async_trait::async_trait;
use journal::{FactFamily, JournalError, Projection, RecordedFact, Tx, Value, params};

use crate::decide::read;
use crate::fact::{DefinitionFact, name};
use crate::rows::rows;

/// The tables of definitions, areas, organisations and indicators.
///
/// Every row belongs to the definition it stands in (`definition`, as `kind:id`) and goes with it.
/// They are for joins and filters of other engines; whoever wants the things themselves asks
/// [`crate::Directories`].
struct Definitions;

/// The projections of this crate, for opening the journal.
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Definitions)]
}

/// All tables, the one of the definitions themselves first.
const TABLES: [&str; 8] = [
    "definition",
    "area",
    "area_succession",
    "organisation",
    "organisation_name",
    "org_membership",
    "org_succession",
    "indicator",
];

#[async_trait]
impl Projection for Definitions {
    fn name(&self) -> &'static str {
        "definitions"
    }

    fn version(&self) -> i64 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &TABLES
    }

    fn schema(&self) -> &'static [&'static str] {
        &[
            "CREATE TABLE definition (
                definition TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL,
                hash TEXT NOT NULL, base_hash TEXT, label_vi TEXT NOT NULL, label_en TEXT NOT NULL,
                valid_from TEXT, valid_to TEXT, canonical TEXT NOT NULL,
                known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX definition_definition ON definition (definition, known_to)",
            "CREATE INDEX definition_hash ON definition (hash)",
            "CREATE INDEX definition_from ON definition (known_from)",
            "CREATE INDEX definition_to ON definition (known_to)",
            "CREATE TABLE area (
                key TEXT NOT NULL, code TEXT NOT NULL, valid_from TEXT, valid_to TEXT, level TEXT NOT NULL,
                name TEXT NOT NULL, full_name TEXT NOT NULL, folded TEXT NOT NULL, parent TEXT,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (key, definition, known_from))",
            "CREATE INDEX area_code ON area (code)",
            "CREATE INDEX area_parent ON area (parent)",
            "CREATE INDEX area_definition ON area (definition, known_to)",
            "CREATE TABLE area_succession (
                area TEXT NOT NULL, successor TEXT NOT NULL, share TEXT NOT NULL,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX area_succession_area ON area_succession (area)",
            "CREATE INDEX area_succession_successor ON area_succession (successor)",
            "CREATE INDEX area_succession_definition ON area_succession (definition, known_to)",
            "CREATE TABLE organisation (
                id TEXT NOT NULL, kind TEXT NOT NULL, area TEXT NOT NULL, valid_from TEXT, valid_to TEXT,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, definition, known_from))",
            "CREATE INDEX organisation_area ON organisation (area)",
            "CREATE INDEX organisation_definition ON organisation (definition, known_to)",
            "CREATE TABLE organisation_name (
                organisation TEXT NOT NULL, since TEXT, until TEXT, vi TEXT NOT NULL, en TEXT NOT NULL,
                short TEXT NOT NULL, folded TEXT NOT NULL,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX organisation_name_organisation ON organisation_name (organisation)",
            "CREATE INDEX organisation_name_definition ON organisation_name (definition, known_to)",
            "CREATE TABLE org_membership (
                organisation TEXT NOT NULL, hierarchy TEXT NOT NULL, parent TEXT NOT NULL,
                since TEXT, until TEXT,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX org_membership_organisation ON org_membership (organisation)",
            "CREATE INDEX org_membership_parent ON org_membership (parent)",
            "CREATE INDEX org_membership_definition ON org_membership (definition, known_to)",
            "CREATE TABLE org_succession (
                organisation TEXT NOT NULL, successor TEXT NOT NULL, since TEXT, source TEXT NOT NULL,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT)",
            "CREATE INDEX org_succession_organisation ON org_succession (organisation)",
            "CREATE INDEX org_succession_definition ON org_succession (definition, known_to)",
            "CREATE TABLE indicator (
                id TEXT NOT NULL, hash TEXT NOT NULL, label_vi TEXT NOT NULL, label_en TEXT NOT NULL,
                folded TEXT NOT NULL, unit TEXT NOT NULL, unit_vi TEXT NOT NULL, unit_en TEXT NOT NULL,
                decimals BIGINT NOT NULL, direction TEXT NOT NULL, periodicity TEXT NOT NULL,
                definition TEXT NOT NULL, known_from BIGINT NOT NULL, known_to BIGINT,
                PRIMARY KEY (id, known_from))",
            "CREATE INDEX indicator_definition ON indicator (definition, known_to)",
        ]
    }

    fn families(&self) -> &'static [&'static str] {
        &[DefinitionFact::FAMILY]
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        let Some(typed) = DefinitionFact::read(fact)? else {
            return Ok(());
        };
        let (kind, id) = typed.key();
        let owner = name(kind, id);
        close(tx, &owner, fact.seq).await?;
        if let DefinitionFact::Activated {
            version,
            hash,
            canonical,
            base_hash,
            ..
        } = &typed
        {
            let canonical = canonical.to_string();
            let definition = read(kind, id, canonical.as_bytes())?;
            let header = definition.header();
            let row = params![
                owner.as_str(),
                kind.word(),
                id.as_str(),
                version,
                hash,
                base_hash.clone(),
                header.label.vi.as_str(),
                header.label.en.as_str(),
                header.valid_from,
                header.valid_to,
                canonical,
                fact.seq,
            ];
            tx.insert_many(
                "INSERT INTO definition (definition, kind, id, version, hash, base_hash, label_vi, label_en, valid_from, valid_to, canonical, known_from)",
                row.len(),
                [row],
            )
            .await?;
            for table in rows(&definition, hash) {
                let insert = format!(
                    "INSERT INTO {} ({}, definition, known_from)",
                    table.name, table.columns
                );
                let owned = |mut row: Vec<Value>| {
                    row.extend(params![owner.as_str(), fact.seq]);
                    row
                };
                let width = table.columns.split(',').count() + 2;
                tx.insert_many(&insert, width, table.rows.into_iter().map(owned))
                    .await?;
            }
        }
        Ok(())
    }
}

/// Ends the rows of a definition. What came and went within one entry was never known to anybody; only
/// the definition itself is kept then, since an overlay names its base by hash.
async fn close(tx: &mut Tx, owner: &str, seq: i64) -> Result<(), JournalError> {
    for table in TABLES {
        if table != "definition" {
            let delete = format!("DELETE FROM {table} WHERE definition = $1 AND known_from = $2");
            tx.execute(&delete, params![owner, seq]).await?;
        }
        let end =
            format!("UPDATE {table} SET known_to = $2 WHERE definition = $1 AND known_to IS NULL");
        tx.execute(&end, params![owner, seq]).await?;
    }
    Ok(())
}
