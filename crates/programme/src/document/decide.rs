//! What may be done with a document, and what follows from it.

use access::{Audience, OrgId, Permission, Refusal, Scope};
use catalogue::Id;
use journal::FileHash;
use reading::{DocumentKind, SecrecyLevel};

use super::corrected::{CorrectedReading, Item, Origin, TargetItem, TaskItem};
use super::facts::{DocumentFact, HeaderFields, ReadFact};
use super::record::{StoredReading, TargetDraft, TaskDraft};
use super::reread::reread;
use super::state::{DocumentState, DocumentStatus};
use crate::form::{Faults, optional};
use crate::{FileRef, refuse};

/// A command about a document.
#[derive(Debug, Clone, PartialEq)]
pub enum DocumentCommand {
    /// Hand in a file that bears no mark of secrecy.
    Receive {
        /// The file, already in the file store.
        file: FileRef,
        /// The extracted text with its map back, in the file store.
        intake: FileHash,
        /// A title for lists until it is read.
        title: Option<String>,
    },
    /// Record that a file marked secret was refused. Nothing of it is kept.
    RefuseSecret {
        /// The mark.
        level: SecrecyLevel,
    },
    /// Keep what was read in it.
    Read {
        /// The reading.
        reading: Box<StoredReading>,
        /// Version of the reader.
        reader: String,
    },
    /// Put another reading of the same text in the place of the one in force. What persons corrected, added
    /// and rejected stays.
    Reread {
        /// The other reading.
        reading: Box<StoredReading>,
        /// Version of the reader.
        reader: String,
    },
    /// Correct the header.
    CorrectHeader(HeaderFields),
    /// Correct a target.
    CorrectTarget {
        /// Its id within the reading.
        id: String,
        /// All its fields.
        fields: TargetDraft,
    },
    /// Add a target that the reader missed.
    AddTarget(TargetDraft),
    /// Reject what is no target.
    RejectTarget {
        /// Its id within the reading.
        id: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Take a rejection back.
    RestoreTarget {
        /// Its id within the reading.
        id: String,
    },
    /// Link to an indicator, or to none. The caller has looked the indicator up.
    LinkTarget {
        /// Its id within the reading.
        id: String,
        /// The indicator.
        indicator: Option<Id>,
    },
    /// Correct a task.
    CorrectTask {
        /// Its id within the reading.
        id: String,
        /// All its fields.
        fields: TaskDraft,
    },
    /// Add a task that the reader missed.
    AddTask(TaskDraft),
    /// Reject what is no task.
    RejectTask {
        /// Its id within the reading.
        id: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Take a rejection back.
    RestoreTask {
        /// Its id within the reading.
        id: String,
    },
    /// Keep it to be consulted; it orders nothing.
    KeepAsReference,
}

impl DocumentCommand {
    /// Name for the history.
    pub fn name(&self) -> &'static str {
        use DocumentCommand::*;
        match self {
            Receive { .. } => "document.receive",
            RefuseSecret { .. } => "document.refuse_secret",
            Read { .. } => "document.read",
            Reread { .. } => "document.reread",
            CorrectHeader(_) => "document.correct_header",
            CorrectTarget { .. } => "document.correct_target",
            AddTarget(_) => "document.add_target",
            RejectTarget { .. } => "document.reject_target",
            RestoreTarget { .. } => "document.restore_target",
            LinkTarget { .. } => "document.link_target",
            CorrectTask { .. } => "document.correct_task",
            AddTask(_) => "document.add_task",
            RejectTask { .. } => "document.reject_task",
            RestoreTask { .. } => "document.restore_task",
            KeepAsReference => "document.keep_as_reference",
        }
    }

    /// The item of the reading it is about, where it is about one.
    fn item(&self) -> Option<&str> {
        use DocumentCommand::*;
        match self {
            CorrectTarget { id, .. }
            | RejectTarget { id, .. }
            | RestoreTarget { id }
            | LinkTarget { id, .. }
            | CorrectTask { id, .. }
            | RejectTask { id, .. }
            | RestoreTask { id } => Some(id),
            Receive { .. }
            | RefuseSecret { .. }
            | Read { .. }
            | Reread { .. }
            | CorrectHeader(_)
            | AddTarget(_)
            | AddTask(_)
            | KeepAsReference => None,
        }
    }

    fn permission(&self) -> Permission {
        use DocumentCommand::*;
        match self {
            Receive { .. } | RefuseSecret { .. } | Read { .. } => Permission::ReceiveDocument,
            _ => Permission::KeepProgramme,
        }
    }
}

/// Decides a command. `reading` is the corrected reading, where the document has been read.
pub fn decide(
    state: &DocumentState,
    reading: Option<&CorrectedReading>,
    command: &DocumentCommand,
    scope: &Scope,
) -> Result<Vec<DocumentFact>, Refusal> {
    use DocumentCommand::*;
    scope.require(command.permission())?;
    match command {
        Receive { .. } | RefuseSecret { .. } => new(state)?,
        _ => visible(state, scope)?,
    }
    let own = scope.organisation().cloned();
    let reading = || reading.ok_or_else(not_read);
    let target = |id: &str| open(reading()?.target(id));
    let task = |id: &str| open(reading()?.task(id));
    let id = command.item().unwrap_or_default().to_owned();
    match command {
        Receive {
            file,
            intake,
            title,
        } => receive(file, intake, title, own),
        RefuseSecret { level } => one(DocumentFact::RefusedSecret {
            level: *level,
            organisation: own,
        }),
        Read { reading, reader } => read(state, reading, reader),
        Reread {
            reading: fresh,
            reader,
        } => read_again(state, reading()?, fresh, reader),
        CorrectHeader(header) => correct_header(state, reading()?, header),
        KeepAsReference => reading().and_then(|_| keep_as_reference(state)),
        CorrectTarget { fields, .. } => correct_target(target(&id)?, fields, reading()?),
        AddTarget(fields) => add_target(fields, reading()?),
        LinkTarget { indicator, .. } => link_target(target(&id)?, indicator),
        CorrectTask { fields, .. } => correct_task(task(&id)?, fields, reading()?),
        AddTask(fields) => add_task(fields, reading()?),
        RejectTarget { reason, .. } => unless(is_rejected(target(&id)?), || {
            let reason = optional(reason);
            DocumentFact::TargetRejected { id, reason }
        }),
        RejectTask { reason, .. } => unless(is_rejected(task(&id)?), || {
            let reason = optional(reason);
            DocumentFact::TaskRejected { id, reason }
        }),
        RestoreTarget { .. } => unless(!is_rejected(target(&id)?), || {
            DocumentFact::TargetRestored { id }
        }),
        RestoreTask { .. } => unless(!is_rejected(task(&id)?), || DocumentFact::TaskRestored {
            id,
        }),
    }
}

fn one(fact: DocumentFact) -> Result<Vec<DocumentFact>, Refusal> {
    Ok(vec![fact])
}

fn receive(
    file: &FileRef,
    intake: &FileHash,
    title: &Option<String>,
    organisation: Option<OrgId>,
) -> Result<Vec<DocumentFact>, Refusal> {
    if file.name.trim().is_empty() {
        return Err(refuse::empty("file"));
    }
    Ok(vec![DocumentFact::Received {
        file: file.clone(),
        intake: intake.clone(),
        organisation,
        title: title.as_deref().and_then(optional),
    }])
}

fn new(state: &DocumentState) -> Result<(), Refusal> {
    match state.status {
        DocumentStatus::Unknown => Ok(()),
        _ => Err(refuse::exists()),
    }
}

/// A document outside the reader's scope does not exist for them.
pub(crate) fn visible(state: &DocumentState, scope: &Scope) -> Result<(), Refusal> {
    let audience = match state.programme {
        Some(_) => Audience::Internal,
        None => Audience::Organisations,
    };
    let organisations: Vec<OrgId> = state.organisation.iter().cloned().collect();
    match state.status {
        DocumentStatus::Unknown => Err(Refusal::NotFound),
        _ if !scope.sees(audience, &organisations) => Err(Refusal::NotFound),
        DocumentStatus::RefusedSecret => Err(Refusal::conflict(
            "Văn bản có dấu mật đã bị từ chối; hệ thống không giữ nội dung.",
            "The document is marked secret and was refused; nothing of it is kept.",
        )),
        _ => Ok(()),
    }
}

pub(crate) fn not_read() -> Refusal {
    Refusal::conflict(
        "Văn bản chưa được đọc. Đợi đọc xong rồi làm lại.",
        "The document has not been read yet. Try again when it has.",
    )
}

fn read(
    state: &DocumentState,
    reading: &StoredReading,
    reader: &str,
) -> Result<Vec<DocumentFact>, Refusal> {
    if state.status == DocumentStatus::Adopted {
        return Err(adopted());
    }
    if state.status != DocumentStatus::Received {
        return Err(Refusal::conflict(
            "Văn bản này đã được đọc. Hãy xem khác biệt rồi mới nhận bản đọc mới.",
            "This document has been read. Look at the difference before you take another reading.",
        ));
    }
    is_read(reading, reader)
}

/// What persons did is carried over; a document kept as reference stays one.
fn read_again(
    state: &DocumentState,
    current: &CorrectedReading,
    fresh: &StoredReading,
    reader: &str,
) -> Result<Vec<DocumentFact>, Refusal> {
    if state.status == DocumentStatus::Adopted {
        return Err(adopted());
    }
    if fresh.text != current.source.text {
        return Err(Refusal::conflict(
            "Bản đọc này là của một văn bản khác.",
            "This reading is of another text.",
        ));
    }
    if *fresh == current.source {
        return Ok(vec![]);
    }
    let (_, carried) = reread(current, fresh);
    let mut facts = is_read(fresh, reader)?;
    facts.extend(carried);
    if state.status == DocumentStatus::Reference {
        facts.push(DocumentFact::KeptAsReference {});
    }
    Ok(facts)
}

fn adopted() -> Refusal {
    Refusal::conflict(
        "Văn bản đã đưa vào chương trình nên không đọc lại.",
        "The document has been adopted and is not read again.",
    )
}

fn is_read(reading: &StoredReading, reader: &str) -> Result<Vec<DocumentFact>, Refusal> {
    if reading.header.secrecy.is_some() {
        return Err(Refusal::conflict(
            "Văn bản có dấu mật, không được đưa vào hệ thống.",
            "The document is marked secret and may not enter the system.",
        ));
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(vec![DocumentFact::Read(ReadFact {
        reading: FileHash::of(&reading.bytes()?),
        reader: reader.to_owned(),
        header: reading.header.clone(),
        passages: count(reading.passages.len()),
        targets: count(reading.targets.len()),
        tasks: count(reading.tasks.len()),
        diagnostics: count(reading.diagnostics.len()),
    })])
}

fn keep_as_reference(state: &DocumentState) -> Result<Vec<DocumentFact>, Refusal> {
    match state.status {
        DocumentStatus::Reference => Ok(vec![]),
        DocumentStatus::Adopted => Err(Refusal::conflict(
            "Văn bản đã đưa vào chương trình.",
            "The document has been adopted into a programme.",
        )),
        _ => Ok(vec![DocumentFact::KeptAsReference {}]),
    }
}

fn correct_header(
    state: &DocumentState,
    reading: &CorrectedReading,
    header: &HeaderFields,
) -> Result<Vec<DocumentFact>, Refusal> {
    if header.kind == DocumentKind::News && state.programme.is_some() {
        return Err(news_orders_nothing());
    }
    if *header == reading.header {
        return Ok(vec![]);
    }
    Ok(vec![DocumentFact::HeaderCorrected(header.clone())])
}

/// News is reference only: it cannot be a legal basis.
pub(crate) fn news_orders_nothing() -> Refusal {
    Refusal::conflict(
        "Tin, bài báo chỉ để tham khảo, không làm căn cứ pháp lý nên không đưa vào chương trình.",
        "A news item is reference only: it is no legal basis and cannot be adopted.",
    )
}

fn correct_target(
    item: &TargetItem,
    fields: &TargetDraft,
    reading: &CorrectedReading,
) -> Result<Vec<DocumentFact>, Refusal> {
    standing(item)?;
    check_target(fields, reading)?;
    unless(item.fields == *fields, || DocumentFact::TargetCorrected {
        id: item.id.clone(),
        fields: fields.clone(),
    })
}

fn add_target(
    fields: &TargetDraft,
    reading: &CorrectedReading,
) -> Result<Vec<DocumentFact>, Refusal> {
    check_target(fields, reading)?;
    one(DocumentFact::TargetAdded {
        id: next_id("nt", reading.targets.iter().map(|t| t.id.as_str())),
        fields: fields.clone(),
    })
}

fn link_target(item: &TargetItem, indicator: &Option<Id>) -> Result<Vec<DocumentFact>, Refusal> {
    standing(item)?;
    unless(item.fields.terms.indicator == *indicator, || {
        DocumentFact::TargetLinked {
            id: item.id.clone(),
            indicator: indicator.clone(),
        }
    })
}

fn correct_task(
    item: &TaskItem,
    fields: &TaskDraft,
    reading: &CorrectedReading,
) -> Result<Vec<DocumentFact>, Refusal> {
    standing(item)?;
    check_span(fields.place.span, reading)?;
    unless(item.fields == *fields, || DocumentFact::TaskCorrected {
        id: item.id.clone(),
        fields: fields.clone(),
    })
}

fn add_task(fields: &TaskDraft, reading: &CorrectedReading) -> Result<Vec<DocumentFact>, Refusal> {
    check_span(fields.place.span, reading)?;
    one(DocumentFact::TaskAdded {
        id: next_id("nk", reading.tasks.iter().map(|t| t.id.as_str())),
        fields: fields.clone(),
    })
}

/// One fact, or none when the document already is as the command wants it.
fn unless(
    already: bool,
    fact: impl FnOnce() -> DocumentFact,
) -> Result<Vec<DocumentFact>, Refusal> {
    Ok(if already { vec![] } else { vec![fact()] })
}

fn open<F, I>(item: Option<&Item<F, I>>) -> Result<&Item<F, I>, Refusal> {
    let item = item.ok_or(Refusal::NotFound)?;
    if item.is_open() {
        Ok(item)
    } else {
        Err(Refusal::conflict(
            "Mục này đã đưa vào chương trình; sửa ở trang của chỉ tiêu hoặc nhiệm vụ.",
            "This has been adopted; change it on the page of the target or task.",
        ))
    }
}

fn is_rejected<F, I>(item: &Item<F, I>) -> bool {
    item.origin == Origin::Rejected
}

fn standing<F, I>(item: &Item<F, I>) -> Result<(), Refusal> {
    if is_rejected(item) {
        Err(Refusal::conflict(
            "Mục này đã bị loại. Khôi phục trước khi sửa.",
            "This was rejected. Restore it before correcting it.",
        ))
    } else {
        Ok(())
    }
}

fn check_target(fields: &TargetDraft, reading: &CorrectedReading) -> Result<(), Refusal> {
    check_span(fields.place.span, reading)?;
    let mut faults = Faults::default();
    fields.terms.check(&mut faults);
    faults.check()
}

fn check_span(span: viet::Span, reading: &CorrectedReading) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let text = format!("{}-{}", span.start(), span.end());
    faults.span("span", &text, reading.source.length());
    faults.check()
}

/// "nt1", "nt2" …: apart from the reader's own ids, and never used twice, since nothing added goes away.
fn next_id<'a>(prefix: &str, known: impl Iterator<Item = &'a str>) -> String {
    let added = known.filter(|id| id.starts_with(prefix)).count();
    format!("{prefix}{}", added + 1)
}
