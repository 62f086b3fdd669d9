//! Documents, readings, programmes, targets, assigned tasks and their results.
//!
//! A document comes in ([`document::DocumentCommand::Receive`]) and is read; what was read is kept by
//! the journal by its hash, untouched for ever. A person corrects it: corrections are facts of their
//! own, and [`document::CorrectedReading`] is the reading with them applied, each item with its origin.
//! Adopting it ([`adopt_reading`]) is one command and one entry: the document belongs to a programme,
//! and its targets and tasks begin to live. From then on the lead of a task submits results, the
//! assigner confirms or returns them, deadlines are extended by paper, targets amended by paper.
//!
//! Families of facts, each in a module of the same shape:
//!
//! | family | stream | facts | state, `evolve`, `decide` |
//! |---|---|---|---|
//! | [`document`] | `document/UUID` | received, refused, read, corrected, adopted, published | pure |
//! | [`programme`] | `programme/UUID` | founded, document added, published, closed | pure |
//! | [`target`] | `target/UUID` | adopted, linked, amended, withdrawn | pure |
//! | [`cascade`] | `cascade/UUID`, `part/UUID:ORGANISATION`, `ranking/UUID:YEAR` | a target broken down over years and agencies, and their ranking | pure |
//! | [`task`] | `task/UUID` | assigned, reassigned, extended, results, officer | pure |
//!
//! `command` of a module runs a command through the journal; `list`, `get` and the others read the
//! tables of [`ProgrammeProjection`], always with a [`access::Scope`] and an [`access::AsKnown`].
//! Statuses of tasks are never stored: `measure` derives them, and [`task::status_sql`] is the same
//! rule for the database, held against it by a test.
//!
//! Who sees what: a document before adoption its organisation, then everybody inside, then, with its
//! programme published, everybody. A target everybody inside, a task its lead and supporting agencies
//! and those who see everything; published, everybody, but without results, evidence, reasons and
//! officers.

mod adopt;
pub mod cascade;
mod deadline;
pub mod document;
mod forget;
mod form;
mod id;
mod parts;
pub mod programme;
mod projection;
mod refuse;
mod sight;
mod sql;
pub mod target;
pub mod task;
mod terms;

pub use adopt::{
    AdoptReading, Adoption, ChosenTarget, ChosenTask, IntoProgramme, adopt_reading,
    decide as decide_adoption,
};
pub use deadline::due_of;
pub use id::{DocumentId, ProgrammeId, TargetId, TaskId};
pub use parts::{
    COMPARATORS, Evidence, FileRef, Given, Paper, Place, TargetTerms, UNITS, comparator_word,
    period_word,
};
pub use projection::ProgrammeProjection;
pub use sight::{Sight, file_visible, ordered_at};
pub use terms::measured;
