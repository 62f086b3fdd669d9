//! What the journal keeps of reports, the state it folds to, and what is decided about it. Pure.

use access::{FieldFault, OrgId, Permission, Refusal, Scope};
use jiff::civil::Date;
use journal::{ActorId, FactFamily, FileHash, RecordedFact, Seq};
use programme::{FileRef, ProgrammeId};
use serde::{Deserialize, Serialize};
use viet::{AreaKey, Calendar, Lang, Period};

use crate::inputs::DefinitionRef;

/// A fact about a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data")]
pub enum ReportFact {
    /// Drawn up, for the first time or again.
    #[serde(rename = "report.drawn_up")]
    DrawnUp(Box<DrawnUp>),
    /// It changes no more.
    #[serde(rename = "report.frozen")]
    Frozen {
        /// Hash of the document that is frozen: [`DrawnUp::composed`].
        composed: FileHash,
    },
    /// The signed copy came back.
    #[serde(rename = "report.signed_copy_attached")]
    SignedCopyAttached(SignedCopy),
}

impl FactFamily for ReportFact {
    const FAMILY: &'static str = "report";
}

/// A report as it was drawn up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnUp {
    /// The report's definition.
    pub definition: DefinitionRef,
    /// The format's definition.
    pub format: DefinitionRef,
    /// The period reported on.
    pub period: Period,
    /// The calendar by which its days are counted.
    pub calendar: Calendar,
    /// The territory.
    pub area: AreaKey,
    /// Who sends it.
    pub sender: OrgId,
    /// Who receives it.
    pub receiver: OrgId,
    /// The programme reported on.
    pub programme: ProgrammeId,
    /// Its title.
    pub title: String,
    /// The day as of which statuses stand.
    pub as_of: Date,
    /// The last entry whose facts count.
    pub as_known: Seq,
    /// Number and hash of the journal's last entry, printed on every page.
    pub head: String,
    /// How many figures it prints.
    pub figures: u32,
    /// Hash of the canonical JSON of everything it was drawn from.
    pub inputs: FileHash,
    /// Hash of the canonical JSON of the document and its figures.
    pub composed: FileHash,
    /// Hash of the DOCX.
    pub docx: FileHash,
    /// Hash of the PDF.
    pub pdf: FileHash,
}

/// The copy that was signed and numbered outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCopy {
    /// The file.
    pub file: FileRef,
    /// Number and symbol it was given.
    pub number: String,
    /// The day it bears.
    pub signed_on: Date,
}

/// How far a report has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// It may be drawn up again.
    DrawnUp,
    /// It changes no more.
    Frozen,
    /// The signed copy lies beside it.
    Signed,
}

impl ReportStatus {
    /// Every status.
    pub const ALL: [ReportStatus; 3] = [Self::DrawnUp, Self::Frozen, Self::Signed];

    /// As stored and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::DrawnUp => "drawn_up",
            Self::Frozen => "frozen",
            Self::Signed => "signed",
        }
    }

    /// The status a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Name on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::DrawnUp => lang.pick("dự thảo", "draft"),
            Self::Frozen => lang.pick("đã chốt", "frozen"),
            Self::Signed => lang.pick("đã ký", "signed"),
        }
    }
}

/// A report after its facts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReportState {
    /// Number of the last entry about it: the version a form is filled against. 0 before the first.
    pub version: Seq,
    /// As drawn up last; nothing before it was.
    pub drawn_up: Option<DrawnUp>,
    /// Who drew it up last.
    pub by: Option<ActorId>,
    /// When, in microseconds since 1970 in UTC.
    pub drawn_up_at: i64,
    /// The entry that froze it.
    pub frozen: Option<Seq>,
    /// Signed copies, the last one counts.
    pub signed: Vec<SignedCopy>,
}

impl ReportState {
    /// How far it has come; none before it was drawn up.
    pub fn status(&self) -> Option<ReportStatus> {
        self.drawn_up.as_ref()?;
        Some(match (self.frozen, self.signed.is_empty()) {
            (None, _) => ReportStatus::DrawnUp,
            (Some(_), true) => ReportStatus::Frozen,
            (Some(_), false) => ReportStatus::Signed,
        })
    }
}

/// Takes one fact in.
pub fn evolve(mut state: ReportState, fact: ReportFact, at: &RecordedFact) -> ReportState {
    state.version = at.seq;
    match fact {
        ReportFact::DrawnUp(drawn_up) => {
            state.drawn_up = Some(*drawn_up);
            state.by = Some(at.actor);
            state.drawn_up_at = at.recorded_at;
        }
        ReportFact::Frozen { .. } => state.frozen = Some(at.seq),
        ReportFact::SignedCopyAttached(copy) => state.signed.push(copy),
    }
    state
}

fn fresh(expected: Option<Seq>, state: &ReportState) -> Result<(), Refusal> {
    match expected {
        Some(seen) if seen != state.version => Err(Refusal::Stale),
        _ => Ok(()),
    }
}

/// Decides whether a report may be drawn up, for the first time or again.
///
/// # Errors
/// Not allowed; stale; frozen already.
pub fn decide_draw_up(
    state: &ReportState,
    drawn_up: DrawnUp,
    expected: Option<Seq>,
    scope: &Scope,
) -> Result<ReportFact, Refusal> {
    scope.require_for(Permission::DrawReport, &drawn_up.sender)?;
    fresh(expected, state)?;
    if state.frozen.is_some() {
        return Err(Refusal::conflict(
            "Báo cáo đã chốt, không thể lập lại. Hãy lập một báo cáo mới.",
            "The report is frozen and cannot be drawn up again. Draw up a new one.",
        ));
    }
    Ok(ReportFact::DrawnUp(Box::new(drawn_up)))
}

/// Decides whether a report may be frozen.
///
/// # Errors
/// There is none; not allowed; stale; frozen already.
pub fn decide_freeze(
    state: &ReportState,
    expected: Option<Seq>,
    scope: &Scope,
) -> Result<ReportFact, Refusal> {
    let drawn_up = state.drawn_up.as_ref().ok_or(Refusal::NotFound)?;
    scope.require_for(Permission::DrawReport, &drawn_up.sender)?;
    fresh(expected, state)?;
    if state.frozen.is_some() {
        return Err(Refusal::conflict(
            "Báo cáo đã được chốt.",
            "The report is frozen already.",
        ));
    }
    Ok(ReportFact::Frozen {
        composed: drawn_up.composed.clone(),
    })
}

/// Decides whether a signed copy may be laid beside a report.
///
/// # Errors
/// There is none; not allowed; stale; not frozen; fields `number`, `signed_on`, `file`.
pub fn decide_attach(
    state: &ReportState,
    copy: &SignedCopy,
    expected: Option<Seq>,
    scope: &Scope,
    today: Date,
) -> Result<ReportFact, Refusal> {
    let drawn_up = state.drawn_up.as_ref().ok_or(Refusal::NotFound)?;
    scope.require_for(Permission::DrawReport, &drawn_up.sender)?;
    fresh(expected, state)?;
    if state.frozen.is_none() {
        return Err(Refusal::conflict(
            "Hãy chốt báo cáo trước khi gắn bản đã ký.",
            "Freeze the report before attaching the signed copy.",
        ));
    }
    let mut faults = Vec::new();
    if copy.number.trim().is_empty() {
        faults.push(FieldFault::new(
            "number",
            "Hãy ghi số, ký hiệu văn bản.",
            "Enter the number of the document.",
        ));
    }
    if copy.signed_on > today || copy.signed_on < drawn_up.as_of {
        faults.push(FieldFault::new(
            "signed_on",
            "Ngày ký phải từ ngày chốt số liệu đến hôm nay.",
            "The day of signing lies between the day of the figures and today.",
        ));
    }
    if copy.file.size == 0 || copy.file.name.trim().is_empty() {
        faults.push(FieldFault::new(
            "file",
            "Hãy chọn tệp bản đã ký.",
            "Choose the file of the signed copy.",
        ));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults });
    }
    Ok(ReportFact::SignedCopyAttached(SignedCopy {
        number: copy.number.trim().to_owned(),
        ..copy.clone()
    }))
}
