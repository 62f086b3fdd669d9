//! A toy engine: notes that are written, written anew and struck out.

use std::collections::BTreeMap;

use async_trait::async_trait;
use journal::{
    ActorId, FactFamily, Journal, JournalError, NewFact, Projection, RecordedFact, Seq, StreamId,
    Tx, WriteContext, Written, params,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum Note {
    #[serde(rename = "note.written")]
    Written { text: String, language: String },
    #[serde(rename = "note.struck")]
    Struck,
}

impl FactFamily for Note {
    const FAMILY: &'static str = "note";

    fn version(kind: &str) -> u16 {
        if kind == "note.written" { 2 } else { 1 }
    }

    /// Version 1 knew no languages: everything was Vietnamese.
    fn upcast(kind: &str, version: u16, mut data: Value) -> Value {
        if (kind, version) == ("note.written", 1) {
            data["language"] = json!("vi");
        }
        data
    }
}

pub fn written(stream: &StreamId, text: &str) -> NewFact {
    let fact = Note::Written {
        text: text.to_owned(),
        language: "vi".to_owned(),
    };
    NewFact::of(stream.clone(), &fact).unwrap()
}

pub fn struck(stream: &StreamId) -> NewFact {
    NewFact::of(stream.clone(), &Note::Struck).unwrap()
}

pub fn note(n: usize) -> StreamId {
    StreamId::new("note", n)
}

pub fn command() -> WriteContext {
    WriteContext::new(ActorId::SYSTEM, "note.write")
}

/// Appends facts that need no decision.
pub async fn append(journal: &Journal, facts: Vec<NewFact>) -> Seq {
    let outcome: Result<Written, JournalError> =
        journal.write(&command(), async move |_| Ok(facts)).await;
    match outcome.unwrap() {
        Written::New(seq) => seq,
        other => panic!("expected a new entry, got {other:?}"),
    }
}

/// The notes as a table. A text that reads `unacceptable` makes it fail, as a fault of the program
/// would.
pub struct Notes {
    pub version: i64,
}

/// A version of the notes that takes no fact.
pub const BROKEN: i64 = 666;

pub fn notes() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Notes { version: 1 })]
}

#[async_trait]
impl Projection for Notes {
    fn name(&self) -> &'static str {
        "toy_note"
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn tables(&self) -> &'static [&'static str] {
        &["toy_note"]
    }

    fn schema(&self) -> &'static [&'static str] {
        if self.version == 1 {
            &[
                "CREATE TABLE toy_note (note TEXT NOT NULL, text TEXT NOT NULL, \
               known_from BIGINT NOT NULL, ix BIGINT NOT NULL, known_to BIGINT)",
            ]
        } else {
            &[
                "CREATE TABLE toy_note (note TEXT NOT NULL, text TEXT NOT NULL, \
               known_from BIGINT NOT NULL, ix BIGINT NOT NULL, known_to BIGINT, letters BIGINT)",
            ]
        }
    }

    fn families(&self) -> &'static [&'static str] {
        &["note"]
    }

    async fn apply(&self, tx: &mut Tx, fact: &RecordedFact) -> Result<(), JournalError> {
        if self.version == BROKEN {
            return Err(JournalError::Invariant("the new version is broken".into()));
        }
        let stream = fact.stream.as_str();
        tx.execute(
            "UPDATE toy_note SET known_to = $1 WHERE note = $2 AND known_to IS NULL",
            params![fact.seq, stream],
        )
        .await?;
        if let Some(Note::Written { text, .. }) = Note::read(fact)? {
            if text == "unacceptable" {
                return Err(JournalError::Invariant("the projection failed".into()));
            }
            tx.execute(
                "INSERT INTO toy_note (note, text, known_from, ix) VALUES ($1, $2, $3, $4)",
                params![stream, text.as_str(), fact.seq, fact.ix],
            )
            .await?;
            if self.version > 1 {
                tx.execute(
                    "UPDATE toy_note SET letters = $1 WHERE note = $2 AND known_to IS NULL",
                    params![text.chars().count() as i64, stream],
                )
                .await?;
            }
        }
        Ok(())
    }
}

/// The notes as the table knew them after entry `seq`.
pub async fn table_as_known(journal: &Journal, seq: Seq) -> BTreeMap<String, String> {
    let rows = journal
        .db()
        .rows(
            "SELECT note, text FROM toy_note \
             WHERE known_from <= $1 AND (known_to IS NULL OR known_to > $1)",
            params![seq],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.text("note").unwrap(), row.text("text").unwrap()))
        .collect()
}

/// Everything the table holds, closed rows too.
pub async fn whole_table(journal: &Journal) -> Vec<(String, String, i64, i64, Option<i64>)> {
    let rows = journal
        .db()
        .rows(
            "SELECT note, text, known_from, ix, known_to FROM toy_note ORDER BY known_from, ix",
            vec![],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (
                row.text("note").unwrap(),
                row.text("text").unwrap(),
                row.int("known_from").unwrap(),
                row.int("ix").unwrap(),
                row.opt_int("known_to").unwrap(),
            )
        })
        .collect()
}

/// The text of one note after one more fact.
pub fn evolve(_: Option<String>, note: Note, _: &RecordedFact) -> Option<String> {
    match note {
        Note::Written { text, .. } => Some(text),
        Note::Struck => None,
    }
}
