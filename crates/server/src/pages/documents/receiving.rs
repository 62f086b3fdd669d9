//! The work on files just handed in. Until marks of secrecy were looked for nothing of a file may be
//! stored, so the bytes stay in the memory of the process that took them: the work is a job with progress
//! that can be cancelled, but one that no other process can take up.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use access::{AsKnown, Say, Scope};
use async_trait::async_trait;
use intake::pdf::ChildCommand;
use intake::{Intake, IntakeError, Limits, Progress as Pages};
use journal::{FileHash, Handler, Job, Lease, NewJob, Outcome as Ending};
use programme::{DocumentId, Given};
use reading::SecrecyLevel;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use uuid::Uuid;

use super::job::new_job;
use super::{identity, receive};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Upload;
use crate::work::{Progress, Stopped, ending};

/// Kind of the jobs that look at files handed in.
pub const RECEIVE_JOB: &str = "receive_documents";

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Stored; a job reads it.
    Received {
        /// Name of the file.
        name: String,
        /// The document.
        document: DocumentId,
        /// The job that reads it.
        job: Uuid,
        /// A document that was made of exactly this file before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same_as: Option<DocumentId>,
    },
    /// Not taken; nothing of it is kept.
    Refused {
        /// Name of the file; only in the answer to who sent it.
        name: Option<String>,
        /// Why, and what to do.
        say: Say,
    },
    /// Marked secret; nothing of it is kept but that it was refused.
    Secret {
        /// Name of the file; only in the answer to who sent it.
        name: Option<String>,
        /// The mark.
        level: SecrecyLevel,
    },
}

impl Outcome {
    /// As it may be kept: of a file that was not taken, not even its name.
    pub(super) fn to_keep(&self) -> Outcome {
        match self {
            Outcome::Received { .. } => self.clone(),
            Outcome::Refused { say, .. } => Outcome::Refused {
                name: None,
                say: say.clone(),
            },
            Outcome::Secret { level, .. } => Outcome::Secret {
                name: None,
                level: *level,
            },
        }
    }
}

/// Files of one form, and who handed them in.
pub struct Receiving {
    /// The server.
    pub app: App,
    /// Who handed them in.
    pub scope: Scope,
    /// The form's key.
    pub key: Option<String>,
    /// Whether it was said that scans bear no mark.
    pub declared: bool,
    /// The files.
    pub files: Arc<[Upload]>,
    /// The memory they were given.
    pub _room: OwnedSemaphorePermit,
    /// Where what became of them is told with their names, while somebody waits for it.
    pub told: Mutex<Option<oneshot::Sender<Vec<Outcome>>>>,
}

impl Receiving {
    /// The job: the same form with the same files is one.
    pub fn job(&self) -> NewJob {
        let mut content = RECEIVE_JOB.as_bytes().to_vec();
        for file in self.files.iter() {
            content.extend_from_slice(FileHash::of(&file.bytes).as_str().as_bytes());
        }
        NewJob {
            id: identity(self.key.as_deref(), &content),
            kind: RECEIVE_JOB.to_owned(),
            input: json!({ "files": self.files.len() }),
            created_by: self.scope.actor(),
        }
    }

    async fn all(&self, progress: &Progress<'_>) -> Result<Json, Stopped> {
        let say = Say::new("Chờ đến lượt", "Waiting for a turn");
        progress.at(0, 0, say).await?;
        let turn = self.app.receiving.acquire().await;
        let _turn = turn.map_err(|error| Stopped::Again(error.to_string()))?;
        let mut outcomes = Vec::new();
        for number in 0..self.files.len() {
            outcomes.push(self.one(number, progress).await?);
        }
        let kept: Vec<Outcome> = outcomes.iter().map(Outcome::to_keep).collect();
        let see = match outcomes.as_slice() {
            [Outcome::Received { job, .. }] => Some(format!("/jobs/{job}")),
            _ => None,
        };
        if let Some(told) = self.told.lock().ok().and_then(|mut told| told.take()) {
            // Whoever asked may have left for the job's page.
            let _ = told.send(outcomes);
        }
        Ok(json!({ "see": see, "outcomes": kept }))
    }

    async fn one(&self, number: usize, progress: &Progress<'_>) -> Result<Outcome, Stopped> {
        let (app, upload) = (&self.app, &self.files[number]);
        let name = receive::file_name(&upload.name);
        let refused = |say| {
            Ok(Outcome::Refused {
                name: Some(name.clone()),
                say,
            })
        };
        let intake = match self.extract(number, &name, progress).await? {
            Ok(intake) => intake,
            Err(error) => return refused(receive::unread(&error)),
        };
        let hash = FileHash::of(&upload.bytes);
        if removal::file_removed(app.journal.db(), &hash).await? {
            return refused(receive::removed());
        }
        let key = self.key.as_deref();
        if let Some(mark) = intake.to_check().find_map(reading::secrecy) {
            // The key stays free of anything told by the content: not even its hash is kept.
            let given = Given {
                key: key.map(|key| format!("{key}:secret:{number}")),
                expected: None,
            };
            let id = DocumentId::new();
            programme::document::refuse_secret(&app.journal, &self.scope, &given, id, mark.level)
                .await?;
            return Ok(Outcome::Secret {
                name: Some(name),
                level: mark.level,
            });
        }
        if intake.is_from_scan() && !self.declared {
            return refused(receive::undeclared());
        }
        let id = DocumentId(identity(key, &upload.bytes));
        let now = AsKnown::now(app.journal.today());
        let same_as = receive::same_file(app, &self.scope, now, id, &hash).await?;
        receive::store(app, &self.scope, id, &name, upload, &intake).await?;
        // One job for one document, however often the form was sent.
        let job = new_job(id.0, id, &self.scope);
        app.jobs
            .enqueue(&job, app.journal.now().as_microsecond())
            .await?;
        Ok(Outcome::Received {
            name,
            document: id,
            job: job.id,
            same_as,
        })
    }

    /// Takes the text out of a file on a thread where it may take its time, telling of each page.
    async fn extract(
        &self,
        number: usize,
        name: &str,
        progress: &Progress<'_>,
    ) -> Result<Result<Intake, IntakeError>, Stopped> {
        let file = (number, self.files.len());
        progress.at(0, 0, at_file(file, None)).await?;
        let (tell, mut pages) = mpsc::unbounded_channel();
        let (files, name, limits) = (self.files.clone(), name.to_owned(), limits(&self.app));
        let thread = tokio::task::spawn_blocking(move || {
            intake::take_watched(&files[number].bytes, &name, &limits, &mut |page| {
                // Nobody listens any more once the job was cancelled: the thread ends at its next page.
                match tell.send(page) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
        });
        // The channel closes when the thread has ended.
        while let Some(page) = pages.recv().await {
            let (done, total) = (page.done as i64, page.total as i64);
            progress.at(done, total, at_file(file, Some(page))).await?;
        }
        let failed = |error| Failure::Broken(format!("taking the text out of a file: {error}"));
        let taken = thread.await.map_err(failed)?;
        // Cancelled meanwhile, nothing is stored.
        progress.at(0, 0, at_file(file, None)).await?;
        Ok(taken)
    }
}

fn at_file((number, files): (usize, usize), page: Option<Pages>) -> Say {
    let (vi, en) = match files {
        1 => (String::new(), String::new()),
        _ => (
            format!("Tệp {}/{files}: ", number + 1),
            format!("File {} of {files}: ", number + 1),
        ),
    };
    match page {
        None => Say::new(
            format!("{vi}đang lấy chữ và tìm dấu mật"),
            format!("{en}taking out the text, looking for marks of secrecy"),
        ),
        Some(Pages { done, total }) => Say::new(
            format!("{vi}đã nhận dạng {done}/{total} trang ảnh quét"),
            format!("{en}{done} of {total} scanned pages recognised"),
        ),
    }
}

#[async_trait]
impl Handler for Receiving {
    async fn handle(&self, _job: &Job, lease: &Lease) -> Ending {
        ending(self.all(&Progress::of(lease)).await)
    }
}

/// What a worker can say of such a job that it finds in the queue: the process that had the files is gone.
pub fn lost() -> Result<Json, Stopped> {
    Err(Stopped::Failed(Say::new(
        "Máy chủ đã dừng trong lúc xem tệp; không giữ lại gì của những tệp chưa xong. Hãy xem danh sách văn bản và nộp lại tệp còn thiếu.",
        "The server stopped while it looked at the files; nothing is kept of those not finished. See the list of documents and hand in again what is missing.",
    )))
}

/// What became of the files of such a job.
pub fn outcomes(job: &Job) -> Vec<Outcome> {
    let kept = job
        .output
        .as_ref()
        .and_then(|output| output.get("outcomes"));
    let read = kept.map(|kept| serde_json::from_value(kept.clone()));
    match read {
        Some(Ok(outcomes)) => outcomes,
        Some(Err(error)) => {
            tracing::error!(%error, job = %job.id, "what became of files");
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Does the job apart from the queue; no when the same form came before.
pub async fn begin(receiving: Receiving, job: &NewJob) -> Result<bool, Failure> {
    let app = receiving.app.clone();
    let (clock, lease) = (app.journal.clock(), app.options.limits.job_lease);
    let begun = journal::work_apart(&app.jobs, clock, receiving, job, lease).await?;
    Ok(begun.is_some())
}

/// Longest text taken, in code points: ten times a plan of three hundred pages.
const LONGEST: usize = 2_000_000;

fn limits(app: &App) -> Limits {
    Limits {
        max_chars: LONGEST,
        pdf_child: pdf_child(app),
        ..Limits::default()
    }
}

/// The program that reads a PDF: the one this server was set up with.
fn pdf_child(app: &App) -> Option<ChildCommand> {
    let program = &app.options.program;
    (!program.as_os_str().is_empty()).then(|| ChildCommand {
        program: program.clone(),
        args: vec!["intake-pdf".into()],
    })
}
