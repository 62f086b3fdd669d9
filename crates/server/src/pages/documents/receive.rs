//! Files handed in: turned into text, looked at for marks of secrecy, and only then stored.

use access::{FieldFault, Permission, Say};
use axum::extract::State;
use axum::http::StatusCode;
use intake::pdf::ChildCommand;
use intake::{Format, Intake, IntakeError, Limits};
use journal::FileHash;
use programme::document::DocumentCommand;
use programme::{DocumentId, FileRef, Given};
use reading::SecrecyLevel;
use serde::Serialize;
use uuid::Uuid;

use super::job::new_job;
use super::{identity, label, list};
use crate::answer::{Answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, Posted, Upload};

/// What became of one file.
#[derive(Serialize)]
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
    },
    /// Not taken; nothing of it is kept.
    Refused {
        /// Name of the file.
        name: String,
        /// Why, and what to do.
        say: Say,
    },
    /// Marked secret; nothing of it is kept but that it was refused.
    Secret {
        /// Name of the file, for this answer alone.
        name: String,
        /// The mark.
        level: SecrecyLevel,
    },
}

/// `POST /documents`
pub async fn receive(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ReceiveDocument)?;
    let mut outcomes = Vec::new();
    let uploads = posted.files.iter().filter(|upload| upload.field == "file");
    for (number, upload) in uploads.enumerate() {
        let key = posted.values.given("key");
        let declared = posted.values.has(UNMARKED, "yes");
        outcomes.push(take(&app, &ctx, key, number, upload, declared).await?);
    }
    if let [Outcome::Received { job, .. }] = outcomes.as_slice() {
        return see(&ctx, &format!("/jobs/{job}"));
    }
    let form = FormState {
        faults: faults(&outcomes),
        values: posted.values,
        notice: None,
    };
    if form.values.of_program() && !form.faults.is_empty() {
        return Err(Failure::Invalid(form.faults));
    }
    let status = if form.faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = list::view(&app, &ctx, form, outcomes).await?;
    answer_with(&ctx, status, &view)
}

/// What stands beside the file field.
fn faults(outcomes: &[Outcome]) -> Vec<FieldFault> {
    if outcomes.is_empty() {
        return vec![FieldFault::new(
            "file",
            "Chưa chọn tệp nào. Hãy chọn tệp .docx, PDF, .html, .txt hoặc bản quét.",
            "No file is chosen. Choose a .docx, a PDF, an .html, a .txt or a scan.",
        )];
    }
    outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Received { .. } => None,
            Outcome::Refused { say, .. } => Some(say.clone()),
            Outcome::Secret { name, level } => Some(secret(name, *level)),
        })
        .map(|say| FieldFault {
            field: "file".to_owned(),
            say,
        })
        .collect()
}

/// Field by which an officer says that scans were looked at and bear no mark of secrecy.
pub(super) const UNMARKED: &str = "unmarked";

/// A stamp in a picture is often not recognised: of scans a person has to say that there is none.
fn undeclared(name: &str) -> Say {
    Say::new(
        format!(
            "Tệp “{name}” có trang là ảnh quét: máy không chắc đọc được con dấu trong ảnh. Hãy xem từng trang; nếu không có dấu Mật, Tối mật, Tuyệt mật thì đánh dấu xác nhận và nộp lại. Chưa lưu gì của tệp."
        ),
        format!(
            "File “{name}” has scanned pages: a stamp in a picture may not be recognised. Look at every page; if none bears a mark of secrecy, tick the declaration and hand it in again. Nothing of it is kept."
        ),
    )
}

/// What is said of a file marked secret.
fn secret(name: &str, level: SecrecyLevel) -> Say {
    let mark = label::secrecy(level);
    Say::new(
        format!(
            "Tệp “{name}” có dấu “{}”: đã từ chối, không lưu tệp, tên tệp hay nội dung.",
            mark.vi
        ),
        format!(
            "File “{name}” is marked “{}”: refused; neither file, name nor content is kept.",
            mark.en
        ),
    )
}

async fn take(
    app: &App,
    ctx: &Ctx,
    key: Option<&str>,
    number: usize,
    upload: &Upload,
    declared: bool,
) -> Result<Outcome, Failure> {
    let name = file_name(&upload.name);
    let intake = match extract(app, upload, &name).await? {
        Ok(intake) => intake,
        Err(error) => {
            let say = Say::new(error.message("vi"), error.message("en"));
            return Ok(Outcome::Refused { name, say });
        }
    };
    if removal::file_removed(app.journal.db(), &FileHash::of(&upload.bytes)).await? {
        let say = Say::new(
            format!("Tệp “{name}” có đúng nội dung đã bị gỡ bỏ khỏi hệ thống, không nhận lại."),
            format!(
                "File “{name}” has exactly the content that was removed from the system; it is not taken again."
            ),
        );
        return Ok(Outcome::Refused { name, say });
    }
    if let Some(mark) = intake.to_check().find_map(reading::secrecy) {
        // The key stays free of anything told by the content: not even its hash is kept.
        let given = Given {
            key: key.map(|key| format!("{key}:secret:{number}")),
            expected: None,
        };
        let id = DocumentId::new();
        programme::document::refuse_secret(&app.journal, &ctx.scope, &given, id, mark.level)
            .await?;
        return Ok(Outcome::Secret {
            name,
            level: mark.level,
        });
    }
    if intake.is_from_scan() && !declared {
        return Ok(Outcome::Refused {
            say: undeclared(&name),
            name,
        });
    }
    let id = DocumentId(identity(key, &upload.bytes));
    store(app, ctx, id, &name, upload, &intake).await?;
    // One job for one document, however often the form was sent.
    let job = new_job(id.0, id, &ctx.scope);
    app.jobs
        .enqueue(&job, app.journal.now().as_microsecond())
        .await?;
    Ok(Outcome::Received {
        name,
        document: id,
        job: job.id,
    })
}

/// Stores the file and its text, then records that it came.
async fn store(
    app: &App,
    ctx: &Ctx,
    id: DocumentId,
    name: &str,
    upload: &Upload,
    intake: &Intake,
) -> Result<(), Failure> {
    let text = serde_json::to_vec(intake).map_err(|error| Failure::Broken(error.to_string()))?;
    let files = app.journal.files();
    let command = DocumentCommand::Receive {
        file: FileRef {
            hash: files.put(&upload.bytes).await?,
            name: name.to_owned(),
            media: media(intake.format).to_owned(),
            size: upload.bytes.len() as u64,
        },
        intake: files.put(&text).await?,
        title: None,
    };
    let given = Given {
        key: Some(id.to_string()),
        expected: None,
    };
    programme::document::command(&app.journal, &ctx.scope, &given, id, &command).await?;
    Ok(())
}

/// Longest text taken, in code points: ten times a plan of three hundred pages. A page shows all of it.
const LONGEST: usize = 2_000_000;

/// Takes the text out of a file, on a thread where it may take its time. The file stays in memory.
async fn extract(
    app: &App,
    upload: &Upload,
    name: &str,
) -> Result<Result<Intake, IntakeError>, Failure> {
    let (bytes, name) = (upload.bytes.clone(), name.to_owned());
    let limits = Limits {
        max_chars: LONGEST,
        pdf_child: pdf_child(app),
        // Somebody waits for the answer: at some seconds a page, more would take minutes.
        ocr_pages: 20,
        ..Limits::default()
    };
    tokio::task::spawn_blocking(move || intake::take(&bytes, &name, &limits))
        .await
        .map_err(|error| Failure::Broken(format!("taking the text out of a file: {error}")))
}

/// The program that reads a PDF: the one this server was set up with.
fn pdf_child(app: &App) -> Option<ChildCommand> {
    let program = &app.options.program;
    (!program.as_os_str().is_empty()).then(|| ChildCommand {
        program: program.clone(),
        args: vec!["intake-pdf".into()],
    })
}

fn media(format: Format) -> &'static str {
    match format {
        Format::Text => "text/plain; charset=utf-8",
        Format::Html => "text/html",
        Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Format::Pdf => "application/pdf",
        // Which kind of picture is told by the bytes alone, as browsers do.
        Format::Image => "application/octet-stream",
        Format::Doc => "application/msword",
        Format::Rtf => "application/rtf",
        Format::Odt => "application/vnd.oasis.opendocument.text",
    }
}

/// Longest name that is kept.
const NAME: usize = 200;

/// Marks without a shape of their own that change the order or the look of what follows (Unicode, general
/// category Cf, as far as file names meet them): a name must read as it is.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The name a file was sent under, without folders and control characters.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = viet::fold::nfc(last)
        .chars()
        .filter(|c| !c.is_control() && !turns_text(*c))
        .take(NAME)
        .collect();
    match name.trim() {
        "" => "van-ban".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_control_characters() {
        for (sent, kept) in [
            ("Kế hoạch.docx", "Kế hoạch.docx"),
            (r"C:\Users\lan\ke hoach.pdf", "ke hoach.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("  ", "van-ban"),
            ("", "van-ban"),
        ] {
            assert_eq!(file_name(sent), kept);
        }
        assert_eq!(file_name(&"x".repeat(500)).len(), NAME);
    }

    #[test]
    fn an_empty_form_and_every_refused_file_are_named() {
        assert_eq!(faults(&[]).len(), 1);
        let outcomes = [
            Outcome::Received {
                name: "a.txt".into(),
                document: DocumentId::new(),
                job: Uuid::now_v7(),
            },
            Outcome::Secret {
                name: "b.txt".into(),
                level: SecrecyLevel::HighlySecret,
            },
        ];
        let faults = faults(&outcomes);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].say.vi.contains("b.txt") && faults[0].say.vi.contains("Tối mật"));
    }
}
