//! The search index of this process: derived data, in memory, following the journal by sequence number.
//!
//! Text is indexed twice: as written, and folded (no diacritics, đ as d), so that "doi moi sang tao"
//! finds "đổi mới sáng tạo" while the exact spelling ranks first. Personal values never enter it.

mod feed;

pub use feed::follow_journal;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use access::{Audience, OrgId, Scope, SearchReach};
use journal::{JournalError, Seq};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};
use tokio::sync::watch;
use unicode_normalization::UnicodeNormalization;

/// Something that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Findable {
    /// The stream it stands for; putting it again replaces it.
    pub stream: String,
    /// Part of the stream (a passage's anchor), or empty.
    pub part: String,
    /// `document`, `passage`, `target`, `task`, `organisation`, `indicator`.
    pub kind: &'static str,
    /// Where it is shown.
    pub address: String,
    /// One line.
    pub title: String,
    /// The text searched.
    pub body: String,
    /// Who it is for.
    pub audience: Audience,
    /// The organisations concerned.
    pub organisations: Vec<OrgId>,
}

/// What a batch of findables takes the place of.
pub enum Old<'a> {
    /// All there is.
    Everything,
    /// What stands for these streams, and everything of these kinds.
    Streams {
        /// As in [`Findable::stream`].
        streams: &'a [String],
        /// As in [`Findable::kind`].
        kinds: &'a [&'static str],
    },
}

/// One hit.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// `document`, `passage`, `target`, `task` …
    pub kind: String,
    /// Where it is shown.
    pub address: String,
    /// One line.
    pub title: String,
    /// The passage around what was found.
    pub excerpt: String,
}

/// What a search came to.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Hits {
    /// How many there are in the reader's scope.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
    /// The journal entry the index has reached.
    pub reached: Seq,
}

struct Fields {
    stream: Field,
    kind: Field,
    address: Field,
    title: Field,
    body: Field,
    exact: Field,
    folded: Field,
    audience: Field,
    organisation: Field,
}

/// See the module.
pub struct SearchIndex {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
    reached: watch::Sender<Seq>,
}

/// The words of a text: letters and digits, lower-case.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// A word by its letters and its tone, wherever the tone stands: "khoẻ" and "khỏe" are one word in the
/// two spellings in use.
fn spelled(word: &str) -> String {
    /// Grave, acute, tilde, hook above, dot below; the other marks make letters of their own.
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let (tones, letters): (String, String) = word.nfd().partition(|c| TONES.contains(c));
    letters.nfc().chain(tones.chars()).collect()
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn fault(error: impl std::fmt::Display) -> JournalError {
    JournalError::Invariant(format!("search index: {error}"))
}

impl SearchIndex {
    /// An empty index.
    pub fn in_memory() -> Result<Self, JournalError> {
        /// Enough to index a province in one commit; the index itself is about as large as the texts.
        const WRITER_BYTES: usize = 32 * 1024 * 1024;
        let mut schema = Schema::builder();
        // The text is cut into words before it reaches the index, the same way for queries.
        let indexed = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer("whitespace")
                    .set_index_option(IndexRecordOption::WithFreqsAndPositions),
            )
        };
        let fields = Fields {
            stream: schema.add_text_field("stream", STRING),
            kind: schema.add_text_field("kind", STRING | STORED),
            address: schema.add_text_field("address", STORED),
            title: schema.add_text_field("title", STORED),
            body: schema.add_text_field("body", STORED),
            exact: schema.add_text_field("exact", indexed()),
            folded: schema.add_text_field("folded", indexed()),
            audience: schema.add_text_field("audience", STRING),
            organisation: schema.add_text_field("organisation", STRING),
        };
        let index = Index::create_in_ram(schema.build());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(fault)?;
        let writer = index
            .writer_with_num_threads(1, WRITER_BYTES)
            .map_err(fault)?;
        Ok(Self {
            fields,
            reader,
            writer: Mutex::new(writer),
            reached: watch::Sender::new(0),
        })
    }

    /// Replaces what is known of something by what is given and notes the entry reached.
    pub fn replace(
        &self,
        old: Old<'_>,
        findables: &[Findable],
        reached: Seq,
    ) -> Result<(), JournalError> {
        // A panic of another writer leaves at worst an uncommitted batch, which this one commits.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match old {
            Old::Streams { streams, kinds } => {
                for stream in streams {
                    writer.delete_term(Term::from_field_text(self.fields.stream, stream));
                }
                for kind in kinds {
                    writer.delete_term(Term::from_field_text(self.fields.kind, kind));
                }
            }
            Old::Everything => {
                writer.delete_all_documents().map_err(fault)?;
            }
        }
        for findable in findables {
            writer
                .add_document(self.document(findable))
                .map_err(fault)?;
        }
        writer.commit().map_err(fault)?;
        self.reader.reload().map_err(fault)?;
        self.reached.send_replace(reached);
        Ok(())
    }

    /// How many things it holds.
    pub fn size(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// The journal entry the index has reached.
    pub fn reached(&self) -> Seq {
        *self.reached.borrow()
    }

    /// Waits until the index has reached an entry, but not for long: a reader who has just written, on
    /// whichever process, finds what was written, and a search never hangs on an index that lags.
    pub async fn reach(&self, entry: Seq) {
        const PATIENCE: Duration = Duration::from_millis(500);
        let mut reached = self.reached.subscribe();
        // The index outlives this call, so the wait ends by reaching the entry or by patience.
        let _ = tokio::time::timeout(PATIENCE, reached.wait_for(|seq| *seq >= entry)).await;
    }

    fn document(&self, findable: &Findable) -> TantivyDocument {
        let fields = &self.fields;
        let text = viet::fold::nfc(&format!("{} {}", findable.title, findable.body));
        let mut document = TantivyDocument::new();
        document.add_text(fields.stream, &findable.stream);
        document.add_text(fields.kind, findable.kind);
        document.add_text(fields.address, &findable.address);
        document.add_text(fields.title, &findable.title);
        document.add_text(fields.body, &findable.body);
        document.add_text(
            fields.exact,
            joined(words(&text).map(|word| spelled(&word))),
        );
        document.add_text(fields.folded, joined(words(&viet::fold::fold(&text))));
        document.add_text(fields.audience, findable.audience.as_str());
        for organisation in &findable.organisations {
            document.add_text(fields.organisation, &organisation.0);
        }
        document
    }

    /// Finds what holds all the words, with or without their diacritics, within the reader's scope.
    pub fn find(
        &self,
        scope: &Scope,
        text: &str,
        kind: Option<&str>,
        (limit, offset): (usize, usize),
    ) -> Result<Hits, JournalError> {
        let reached = self.reached();
        let Some(query) = self.query(scope, text, kind) else {
            return Ok(Hits {
                reached,
                ..Hits::default()
            });
        };
        let searcher = self.reader.searcher();
        let top = TopDocs::with_limit(limit.max(1))
            .and_offset(offset)
            .order_by_score();
        let (total, found) = searcher.search(&query, &(Count, top)).map_err(fault)?;
        let hits = found
            .into_iter()
            .map(|(_, address)| {
                let document: TantivyDocument = searcher.doc(address).map_err(fault)?;
                Ok(self.hit(&document, text))
            })
            .collect::<Result<_, JournalError>>()?;
        Ok(Hits {
            total,
            hits,
            reached,
        })
    }

    fn query(&self, scope: &Scope, text: &str, kind: Option<&str>) -> Option<BooleanQuery> {
        /// An exact spelling ranks before a folded one.
        const EXACT: f32 = 3.0;
        let term = |field, word: &str, option| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, word), option))
        };
        let text = viet::fold::nfc(text);
        let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in words(&text) {
            let folded = viet::fold::fold(&word);
            all.push((
                Occur::Must,
                term(self.fields.folded, &folded, IndexRecordOption::WithFreqs),
            ));
            let option = IndexRecordOption::WithFreqs;
            let exact = term(self.fields.exact, &spelled(&word), option);
            // Who types diacritics means them: "đau" must not find "đầu"; who types none finds both.
            let occur = if folded == word {
                Occur::Should
            } else {
                Occur::Must
            };
            all.push((occur, Box::new(BoostQuery::new(exact, EXACT))));
        }
        if all.is_empty() {
            return None;
        }
        if let Some(kind) = kind {
            all.push((
                Occur::Must,
                term(self.fields.kind, kind, IndexRecordOption::Basic),
            ));
        }
        if let SearchReach::AnyOf {
            audiences,
            organisations,
        } = scope.search()
        {
            let audience = audiences.iter().map(|a| {
                (
                    Occur::Should,
                    term(self.fields.audience, a, IndexRecordOption::Basic),
                )
            });
            let organisation = organisations.iter().map(|o| {
                (
                    Occur::Should,
                    term(self.fields.organisation, o, IndexRecordOption::Basic),
                )
            });
            let any: Vec<_> = audience.chain(organisation).collect();
            all.push((Occur::Must, Box::new(BooleanQuery::new(any))));
        }
        Some(BooleanQuery::new(all))
    }

    fn hit(&self, document: &TantivyDocument, text: &str) -> Hit {
        let stored = |field| {
            document
                .get_first(field)
                .and_then(|value| value.as_str())
                .unwrap_or("")
                .to_owned()
        };
        let body = stored(self.fields.body);
        Hit {
            kind: stored(self.fields.kind),
            address: stored(self.fields.address),
            title: stored(self.fields.title),
            excerpt: excerpt(&body, text),
        }
    }
}

/// About a line of the body around the first word found, cut at characters.
fn excerpt(body: &str, text: &str) -> String {
    const BEFORE: usize = 60;
    const LENGTH: usize = 220;
    let folded: Vec<char> = viet::fold::fold(body).chars().collect();
    let chars: Vec<char> = viet::fold::nfc(body).chars().collect();
    let first = words(&viet::fold::fold(text)).next().unwrap_or_default();
    let needle: Vec<char> = first.chars().collect();
    // Folding keeps one character for one wherever the text is composed; otherwise start at the front.
    let at = if folded.len() == chars.len() && !needle.is_empty() {
        folded
            .windows(needle.len())
            .position(|w| w == needle)
            .unwrap_or(0)
    } else {
        0
    };
    let start = at.saturating_sub(BEFORE);
    let end = (start + LENGTH).min(chars.len());
    let mut line: String = chars[start..end].iter().collect();
    if start > 0 {
        line.insert(0, '…');
    }
    if end < chars.len() {
        line.push('…');
    }
    line
}

/// A title of at most a line.
fn one_line(text: &str) -> String {
    const LENGTH: usize = 140;
    let mut line: String = text.chars().take(LENGTH).collect();
    if text.chars().nth(LENGTH).is_some() {
        line.push('…');
    }
    line
}
