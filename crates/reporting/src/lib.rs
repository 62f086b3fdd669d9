//! Periodic reports: gathers what the engines hold, draws the document up, freezes it.
//!
//! A report is drawn up in two steps. [`gather`] reads what the engines hold, within a scope and as known
//! at an entry, into [`ReportInputs`]; [`compose`] is a pure function of these and the definition and
//! gives the document with a list of its figures, each with what it rests on. Inputs, document, DOCX and
//! PDF are kept by their hashes; the journal's head is printed on every page. A frozen report changes no
//! more: the signed copy comes back beside it.

mod annex;
mod command;
mod compose;
mod demand;
mod fact;
mod figure;
mod forget;
mod format;
mod gather;
mod gather_targets;
mod gather_tasks;
mod inputs;
mod narrative;
mod projection;
mod read;

pub use command::{DrawUp, attach_signed_copy, draw_up, freeze};
pub use compose::{Composed, compose};
pub use fact::{
    DrawnUp, ReportFact, ReportState, ReportStatus, SignedCopy, decide_attach, decide_draw_up,
    decide_freeze, evolve,
};
pub use figure::{Figure, FigureKind};
pub use format::measures;
pub use gather::{Wanted, gather};
pub use gather_targets::target_spec;
pub use inputs::{
    DefinitionRef, DocumentInput, IndicatorInput, Origin, Party, ProgrammeInput, ReportId,
    ReportInputs, ResultInput, TargetInput, TaskInput, Territory, ValueInput, following,
};
pub use projection::ReportProjection;
pub use read::{
    Opened, Output, ReportFile, ReportFilter, ReportRow, file, get, list, open, redraw,
};
