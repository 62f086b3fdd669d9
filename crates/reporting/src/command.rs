//! The edge: gather, compose, print, keep, decide, write.

use std::collections::BTreeMap;

use access::{AsKnown, Permission, Refusal, Scope};
use activation::{Directories, Directory, Pinned};
use catalogue::{Format, Id, Periodicity, Report};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use journal::{
    FileHash, Journal, JournalError, NewFact, Seq, WriteContext, WriteTx, Written, canonical_json,
};
use observation::columns::Columns;
use programme::{Given, ProgrammeId};
use viet::{Lang, Period};

use crate::compose::{Composed, compose};
use crate::fact::{
    DrawnUp, ReportFact, ReportState, SignedCopy, decide_attach, decide_draw_up, decide_freeze,
    evolve,
};
use crate::gather::{Wanted, gather};
use crate::inputs::{ReportId, ReportInputs};

/// Draw up a report, for the first time or, while it is not frozen, again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawUp {
    /// Which.
    pub report: ReportId,
    /// Id of its definition.
    pub definition: Id,
    /// The period.
    pub period: Period,
    /// The programme.
    pub programme: ProgrammeId,
    /// The last entry whose facts count; all known now when none.
    pub as_known: Option<Seq>,
    /// What the officer wrote, by section of the definition: paragraphs.
    pub remarks: BTreeMap<Id, Vec<String>>,
}

fn context(scope: &Scope, given: &Given, command: &str) -> WriteContext {
    WriteContext::new(scope.actor(), command).with_key(given.key.clone())
}

async fn load(tx: &mut WriteTx, id: ReportId) -> Result<ReportState, JournalError> {
    tx.load(&id.stream())
        .await?
        .fold(ReportState::default(), evolve)
}

/// Draws a report up: its inputs, the document with its figures, DOCX and PDF go into the file store,
/// their hashes into the journal.
///
/// # Errors
/// Not allowed; stale; frozen; fields `definition`, `period`, `programme`; what [`gather`] refuses; the
/// store or the press.
pub async fn draw_up(
    journal: &Journal,
    directories: &Directories,
    scope: &Scope,
    given: &Given,
    command: &DrawUp,
) -> Result<Written, Refusal> {
    scope.require(Permission::DrawReport)?;
    let (today, head) = (journal.today(), journal.head().await?);
    let as_known = command.as_known.map_or(head.seq, |seq| seq.min(head.seq));
    let directory = directories
        .load(scope, AsKnown::at(as_known, today))
        .await?;
    let (definition, format) = definitions(&directory, &command.definition)?;
    check_period(&definition.definition, command.period, today)?;
    let wanted = Wanted {
        definition,
        period: command.period,
        programme: command.programme,
        as_known,
        head: head.to_string(),
        drawn_up: TimeZone::UTC.to_datetime(journal.now()),
        today,
        remarks: command.remarks.clone(),
    };
    // A report asks as known at an entry, which the tables answer: nothing need be held for it.
    let columns = Columns::new(journal.clone(), directories.clone());
    let inputs = gather(journal, &columns, &directory, scope, wanted)
        .await
        .map_err(no_programme)?;
    let composed = compose(&inputs, &definition.definition, &format.definition);
    let drawn_up = keep(journal, inputs, composed).await?;
    journal
        .write(&context(scope, given, "report.draw_up"), async |tx| {
            let state = load(tx, command.report).await?;
            let fact = decide_draw_up(&state, drawn_up, given.expected, scope)?;
            Ok(vec![NewFact::of(command.report.stream(), &fact)?])
        })
        .await
}

fn definitions<'d>(
    directory: &'d Directory,
    id: &Id,
) -> Result<(&'d Pinned<Report>, &'d Pinned<Format>), Refusal> {
    let definition = directory.report(id.as_str()).ok_or_else(|| {
        Refusal::invalid(
            "definition",
            format!("Không có mẫu báo cáo «{id}»."),
            format!("There is no report “{id}”."),
        )
    })?;
    let format = &definition.definition.report.format;
    let format = directory.format(format.as_str()).ok_or_else(|| {
        Refusal::conflict(
            format!("Chưa kích hoạt thể thức «{format}» cần cho báo cáo."),
            format!("The format “{format}” that the report needs is not activated."),
        )
    })?;
    Ok((definition, format))
}

fn check_period(definition: &Report, period: Period, today: Date) -> Result<(), Refusal> {
    let fits = matches!(
        (definition.report.periodicity, period),
        (Periodicity::Month, Period::Month { .. })
            | (Periodicity::Quarter, Period::Quarter { .. })
            | (Periodicity::HalfYear, Period::HalfYear { .. })
            | (Periodicity::Year, Period::Year(_))
            | (Periodicity::Years, Period::Years { .. })
    );
    if !fits {
        let (vi, en) = (
            definition.report.periodicity.label(Lang::Vi),
            definition.report.periodicity.label(Lang::En),
        );
        return Err(Refusal::invalid(
            "period",
            format!("Báo cáo này lập {vi}; hãy chọn kỳ tương ứng."),
            format!("This report is {en}; choose such a period."),
        ));
    }
    if period.range(definition.report.calendar).from() > today {
        return Err(Refusal::invalid(
            "period",
            format!("Kỳ báo cáo ({}) chưa bắt đầu.", period.label(Lang::Vi)),
            format!("The period ({}) has not begun.", period.label(Lang::En)),
        ));
    }
    Ok(())
}

/// What is not found while gathering is the programme that was chosen.
fn no_programme(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::NotFound => Refusal::invalid(
            "programme",
            "Không có chương trình này.",
            "There is no such programme.",
        ),
        other => other,
    }
}

/// Prints and stores; the same inputs give the same hashes on the same machine.
async fn keep(
    journal: &Journal,
    inputs: ReportInputs,
    composed: Composed,
) -> Result<DrawnUp, Refusal> {
    let inputs_hash = store_json(journal, &inputs).await?;
    let composed_hash = store_json(journal, &composed).await?;
    let figures = u32::try_from(composed.figures.len()).unwrap_or(u32::MAX);
    let title = composed.document.summary.clone();
    // Laying pages out takes seconds: not on a thread that answers requests.
    let printed = tokio::task::spawn_blocking(move || {
        let docx = press::docx::write(&composed.document)?;
        Ok((docx, press::pdf::write(&composed.document)?))
    });
    let printed: Result<_, press::PressError> = printed
        .await
        .map_err(|e| JournalError::Invariant(format!("the press stopped: {e}")))?;
    let (docx, pdf) = printed
        .map_err(|e| JournalError::Invariant(format!("the report cannot be printed: {e}")))?;
    Ok(DrawnUp {
        definition: inputs.definition,
        format: inputs.format,
        period: inputs.period,
        calendar: inputs.calendar,
        area: inputs.area.key,
        sender: inputs.sender.id,
        receiver: inputs.receiver.id,
        programme: inputs.programme.id,
        title,
        as_of: inputs.as_of,
        as_known: inputs.as_known,
        head: inputs.head,
        figures,
        inputs: inputs_hash,
        composed: composed_hash,
        docx: journal.files().put(&docx).await?,
        pdf: journal.files().put(&pdf).await?,
    })
}

async fn store_json(
    journal: &Journal,
    value: &impl serde::Serialize,
) -> Result<FileHash, JournalError> {
    journal.files().put(&canonical_json(value)?).await
}

/// Freezes a report: it changes no more.
///
/// # Errors
/// See [`decide_freeze`]; the store.
pub async fn freeze(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    report: ReportId,
) -> Result<Written, Refusal> {
    write(journal, scope, given, report, "report.freeze", |state| {
        decide_freeze(state, given.expected, scope)
    })
    .await
}

/// Lays the signed copy, already in the file store, beside a frozen report.
///
/// # Errors
/// See [`decide_attach`]; the store.
pub async fn attach_signed_copy(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    report: ReportId,
    copy: &SignedCopy,
) -> Result<Written, Refusal> {
    let today = journal.today();
    write(
        journal,
        scope,
        given,
        report,
        "report.attach_signed_copy",
        |state| decide_attach(state, copy, given.expected, scope, today),
    )
    .await
}

async fn write(
    journal: &Journal,
    scope: &Scope,
    given: &Given,
    report: ReportId,
    command: &str,
    decide: impl FnOnce(&ReportState) -> Result<ReportFact, Refusal>,
) -> Result<Written, Refusal> {
    journal
        .write(&context(scope, given, command), async |tx| {
            let fact = decide(&load(tx, report).await?)?;
            Ok(vec![NewFact::of(report.stream(), &fact)?])
        })
        .await
}
