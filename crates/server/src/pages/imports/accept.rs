//! A file is accepted whole, or thrown away.

use access::{FieldFault, Refusal};
use axum::extract::{Path, State};
use journal::FileHash;
use observation::{Book, Duties, EvidenceFile};

use super::large;
use super::outcome::Outcome;
use super::read::Unread;
use super::show::{Difference, reading, source_of};
use super::staged::{self, Staged};
use crate::answer::{Answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, Upload};
use crate::pages::{documents, removals};
use crate::parts;

/// `POST /imports/{id}/accept`
pub async fn accept(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let id = parts::id(&id)?;
    let staged = match staged::own(&app, &ctx, id).await {
        // Sent twice: the first has made a batch of it.
        Err(Failure::NotFound) => {
            let batch = observation::BatchId(id.0);
            observation::batch(app.journal.db(), &ctx.scope, &ctx.as_known, batch).await?;
            return see(&ctx, &format!("/batches/{batch}"));
        }
        staged => staged?,
    };
    if large::is_large(&staged) {
        return large::accept(&app, &ctx, staged, posted).await;
    }
    let content = staged::content(app.journal.db(), id).await?;
    let paper = paper(&posted);
    let papers: Vec<EvidenceFile> = paper.into_iter().map(evidence).collect();
    let source = source(&posted.values, &staged);
    let outcome = reading(&ctx, &staged)
        .outcome(&app.journal, &content, &source, &papers)
        .await?;
    let refusal = match outcome {
        Ok(outcome) => {
            let file = Accepting {
                staged: &staged,
                content: &content,
                source: &source,
                papers,
                paper,
            };
            match file.accept(&app, &ctx, &outcome, &posted.values).await {
                Ok(()) => return see(&ctx, &format!("/batches/{id}")),
                Err(refusal) => (refusal, Ok(outcome)),
            }
        }
        Err(unread) => (
            Refusal::conflict("Không đọc được tệp.", "The file cannot be read."),
            Err(unread),
        ),
    };
    refused(&ctx, staged, refusal, posted.values)
}

fn refused(
    ctx: &Ctx,
    staged: Staged,
    (refusal, outcome): (Refusal, Result<Outcome, Unread>),
    values: FormValues,
) -> Answer {
    let (status, form) = FormState::refused(refusal, values)?;
    answer_with(ctx, status, &Difference::of(staged, outcome, form))
}

pub(super) fn evidence(upload: &Upload) -> EvidenceFile {
    EvidenceFile {
        hash: FileHash::of(&upload.bytes),
        name: documents::file_name(&upload.name),
        media: "application/octet-stream".into(),
        size: upload.bytes.len() as u64,
    }
}

/// A file on its way into the record.
struct Accepting<'a> {
    staged: &'a Staged,
    content: &'a [u8],
    source: &'a str,
    papers: Vec<EvidenceFile>,
    paper: Option<&'a Upload>,
}

impl Accepting<'_> {
    async fn accept(
        self,
        app: &App,
        ctx: &Ctx,
        outcome: &Outcome,
        values: &FormValues,
    ) -> Result<(), Refusal> {
        let faulty = outcome.faulty_rows;
        agreed_to(values, &outcome.sign(), faulty)?;
        let rows: Vec<_> = outcome.changing().map(|line| line.row.clone()).collect();
        if rows.is_empty() {
            return Err(Refusal::conflict(
                "Tệp không thay đổi gì nên không có gì để tiếp nhận.",
                "The file changes nothing, so there is nothing to accept.",
            ));
        }
        let mut command = reading(ctx, self.staged).command(rows, self.source, self.papers);
        command.note = values.given("note").map(str::to_owned);
        command.acknowledge = values.has("acknowledge", "yes");
        command.left_out = faulty;
        command.against = Some(outcome.against.clone());
        command
            .evidence
            .push(self.staged.evidence(FileHash::of(self.content)));
        let files = app.journal.files();
        if let Some(paper) = self.paper {
            removals::check_upload(app, "paper", &paper.bytes).await?;
            files.put(&paper.bytes).await?;
        }
        removals::check_upload(app, "file", self.content).await?;
        files.put(self.content).await?;
        let duties = Duties::on(&ctx.directory, ctx.today);
        let book = Book::on(&ctx.directory, ctx.today).with_duties(&duties);
        // One file is accepted once, whichever form says so.
        let key = Some(self.staged.id.to_string());
        observation::accept_batch(&app.journal, &ctx.scope, command, book, key).await?;
        staged::remove(app.journal.db(), self.staged.id).await?;
        Ok(())
    }
}

/// What would be accepted is what was shown, and faulty rows are left out only when that is said.
pub(super) fn agreed_to(values: &FormValues, sign: &str, faulty: u32) -> Result<(), Refusal> {
    if values.given("sign").is_some_and(|shown| shown != sign) {
        return Err(Refusal::Stale);
    }
    if faulty > 0 && !values.has("without", &faulty.to_string()) {
        return Err(left_out_unsaid(faulty));
    }
    Ok(())
}

/// The paper handed in with an acceptance.
pub(super) fn paper(posted: &Posted) -> Option<&Upload> {
    let paper = posted.file("paper");
    paper.filter(|upload| !upload.bytes.is_empty())
}

/// Where the figures were read: as typed, or the file.
pub(super) fn source(values: &FormValues, staged: &Staged) -> String {
    values
        .given("source")
        .map_or_else(|| source_of(staged), str::to_owned)
}

fn left_out_unsaid(faulty: u32) -> Refusal {
    let fault = FieldFault::new(
        "without",
        format!(
            "Tệp có {faulty} dòng lỗi. Hãy sửa tệp rồi gửi lại, hoặc đánh dấu «không có {faulty} dòng lỗi» để tiếp nhận phần còn lại."
        ),
        format!(
            "The file has {faulty} faulty rows. Mend it and send it again, or tick “without the {faulty} faulty rows” to accept the rest."
        ),
    );
    Refusal::Invalid {
        faults: vec![fault],
    }
}

/// `POST /imports/{id}/discard`
pub async fn discard(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    _posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let staged = staged::own(&app, &ctx, parts::id(&id)?).await?;
    staged::remove(app.journal.db(), staged.id).await?;
    see(&ctx, "/imports")
}
