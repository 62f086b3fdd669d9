//! Files handed in: turned into text, looked at for marks of secrecy, and only then stored.

use std::sync::Mutex;

use access::{FieldFault, Page, Permission, Say, Scope};
use activation::AsKnown;
use axum::extract::State;
use axum::http::StatusCode;
use intake::{Format, Intake, IntakeError};
use journal::FileHash;
use programme::document::{DocumentCommand, DocumentFilter};
use programme::{DocumentId, FileRef, Given};
use reading::SecrecyLevel;
use tokio::sync::oneshot;

use super::receiving::{self, Outcome, Receiving};
use super::{label, list};
use crate::answer::{Answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, Upload};

/// `POST /documents`: answers at once when the files are quickly looked at, else with the page of the job.
pub async fn receive(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::ReceiveDocument)?;
    let Posted { values, files } = posted;
    let files: Vec<Upload> = files.into_iter().filter(|f| f.field == "file").collect();
    if files.is_empty() {
        return said(&app, &ctx, values, Vec::new(), vec![nothing_chosen()]).await;
    }
    let Some(room) = app.room_for(&files) else {
        return said(&app, &ctx, values, Vec::new(), vec![no_room()]).await;
    };
    let (tell, told) = oneshot::channel();
    let receiving = Receiving {
        app: app.clone(),
        scope: ctx.scope.clone(),
        key: values.given("key").map(str::to_owned),
        declared: values.has(UNMARKED, "yes"),
        files: files.into(),
        _room: room,
        told: Mutex::new(Some(tell)),
    };
    let job = receiving.job();
    if !receiving::begin(receiving, &job).await? {
        return see(&ctx, &before(&app, job.id).await?);
    }
    let patience = app.options.limits.upload_patience;
    match tokio::time::timeout(patience, told).await {
        Ok(Ok(outcomes)) => match outcomes.as_slice() {
            [Outcome::Received { job, .. }] => see(&ctx, &format!("/jobs/{job}")),
            _ => {
                let faults = faults(&outcomes);
                said(&app, &ctx, values, outcomes, faults).await
            }
        },
        // It goes on, or it failed and its page says why.
        Ok(Err(_)) | Err(_) => see(&ctx, &format!("/jobs/{}", job.id)),
    }
}

/// Where the same form led when it came before.
async fn before(app: &App, job: journal::JobId) -> Result<String, Failure> {
    let stored = app.jobs.get(job).await?;
    let see = stored
        .as_ref()
        .and_then(|job| job.output.as_ref()?.get("see")?.as_str());
    Ok(see.map_or_else(|| format!("/jobs/{job}"), str::to_owned))
}

/// The list with what became of the files, and its form again.
async fn said(
    app: &App,
    ctx: &Ctx,
    values: FormValues,
    outcomes: Vec<Outcome>,
    faults: Vec<Say>,
) -> Answer {
    let beside_field = |say| FieldFault {
        field: "file".to_owned(),
        say,
    };
    let form = FormState {
        faults: faults.into_iter().map(beside_field).collect(),
        values,
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
    let view = list::view(app, ctx, form, outcomes).await?;
    answer_with(ctx, status, &view)
}

fn nothing_chosen() -> Say {
    Say::new(
        "Chưa chọn tệp nào. Hãy chọn tệp .docx, PDF, .html, .txt hoặc bản quét.",
        "No file is chosen. Choose a .docx, a PDF, an .html, a .txt or a scan.",
    )
}

fn no_room() -> Say {
    Say::new(
        "Máy chủ đang xem nhiều tệp lớn cùng lúc, chưa nhận thêm được. Hãy đợi ít phút rồi nộp lại, hoặc nộp từng tệp.",
        "The server is looking at many large files at once and cannot take more. Wait some minutes and hand them in again, or one by one.",
    )
}

/// What stands beside the file field.
fn faults(outcomes: &[Outcome]) -> Vec<Say> {
    outcomes
        .iter()
        .enumerate()
        .filter_map(|(number, outcome)| not_taken(number, outcome))
        .collect()
}

/// Why the file at a place of the form was not taken; none of one that was.
pub(super) fn not_taken(number: usize, outcome: &Outcome) -> Option<Say> {
    let (name, why) = match outcome {
        Outcome::Received { .. } => return None,
        Outcome::Refused { name, say } => (name, say.clone()),
        Outcome::Secret { name, level } => (name, secret(*level)),
    };
    let (vi, en) = match name {
        Some(name) => (format!("Tệp “{name}”"), format!("File “{name}”")),
        None => (
            format!("Tệp thứ {}", number + 1),
            format!("File number {}", number + 1),
        ),
    };
    Some(Say::new(
        format!("{vi}: {}", why.vi),
        format!("{en}: {}", why.en),
    ))
}

/// Field by which an officer says that scans were looked at and bear no mark of secrecy.
pub(super) const UNMARKED: &str = "unmarked";

/// What intake could not do.
pub(super) fn unread(error: &IntakeError) -> Say {
    let message = |lang| error.fault.message(lang);
    Say::new(message(viet::Lang::Vi), message(viet::Lang::En))
}

/// A stamp in a picture is often not recognised: of scans a person has to say that there is none.
pub(super) fn undeclared() -> Say {
    Say::new(
        "có trang là ảnh quét: máy không chắc đọc được con dấu trong ảnh. Hãy xem từng trang; nếu không có dấu Mật, Tối mật, Tuyệt mật thì đánh dấu xác nhận và nộp lại. Chưa lưu gì của tệp.",
        "has scanned pages: a stamp in a picture may not be recognised. Look at every page; if none bears a mark of secrecy, tick the declaration and hand it in again. Nothing of it is kept.",
    )
}

/// A file that was removed for good.
pub(super) fn removed() -> Say {
    Say::new(
        "có đúng nội dung đã bị gỡ bỏ khỏi hệ thống, không nhận lại.",
        "has exactly the content that was removed from the system; it is not taken again.",
    )
}

/// What is said of a file marked secret.
fn secret(level: SecrecyLevel) -> Say {
    let mark = label::secrecy(level);
    Say::new(
        format!(
            "có dấu “{}”: đã từ chối, không lưu tệp, tên tệp hay nội dung.",
            mark.vi
        ),
        format!(
            "is marked “{}”: refused; neither file, name nor content is kept.",
            mark.en
        ),
    )
}

/// Another document made of exactly this file, as far as a scope sees it.
pub(super) async fn same_file(
    app: &App,
    scope: &Scope,
    as_known: AsKnown,
    id: DocumentId,
    file: &FileHash,
) -> Result<Option<DocumentId>, Failure> {
    let filter = DocumentFilter {
        file: Some(file.clone()),
        ..DocumentFilter::default()
    };
    let listed =
        programme::document::list(&app.journal, scope, as_known, &filter, Page::first(2)).await?;
    Ok(listed
        .rows
        .iter()
        .map(|row| row.id)
        .find(|other| *other != id))
}

/// Stores the file and its text, then records that it came.
pub(super) async fn store(
    app: &App,
    scope: &Scope,
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
    programme::document::command(&app.journal, scope, &given, id, &command).await?;
    Ok(())
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
pub(crate) fn file_name(sent: &str) -> String {
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
    use uuid::Uuid;

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
    fn every_refused_file_is_named_and_none_is_kept_by_name() {
        let outcomes = [
            Outcome::Received {
                name: "a.txt".into(),
                document: DocumentId::new(),
                job: Uuid::now_v7(),
                same_as: None,
            },
            Outcome::Secret {
                name: Some("b.txt".into()),
                level: SecrecyLevel::HighlySecret,
            },
        ];
        let faults = faults(&outcomes);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].vi.contains("b.txt") && faults[0].vi.contains("Tối mật"));
        let kept = serde_json::to_string(&outcomes.map(|o| o.to_keep())).expect("JSON");
        assert!(kept.contains("a.txt") && !kept.contains("b.txt"), "{kept}");
    }
}
