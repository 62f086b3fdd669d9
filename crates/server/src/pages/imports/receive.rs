//! A file is sent: looked at, kept aside.

use access::{OrgId, Permission, Refusal};
use axum::extract::State;
use interchange::table::sheet::Sheet;
use interchange::workbook::Unreadable;
use interchange::xlsx::{Book, Limits, Value};
use observation::ImportId;

use super::staged::{self, Kind, Staged};
use super::{large, list, outcome, read};
use crate::answer::{Answer, answer_with, aside, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::form::{FormState, Posted};
use crate::pages::{documents, removals};

/// `POST /imports`
pub async fn receive(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    match take(&app, &ctx, &posted).await {
        Ok(staged) if large::is_ready(&staged) => large::check(&app, &ctx, &staged).await,
        Ok(staged) => see(&ctx, &next(&staged)),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let view = list::view(&app, &ctx, form).await?;
            answer_with(&ctx, status, &view)
        }
    }
}

/// Where to go on with a file.
fn next(staged: &Staged) -> String {
    let id = staged.id;
    match (&staged.kind, &staged.mapping) {
        (Kind::Table | Kind::Sheet { .. }, None) => format!("/imports/{id}/columns"),
        _ => format!("/imports/{id}"),
    }
}

async fn take(app: &App, ctx: &Ctx, posted: &Posted) -> Result<Staged, Refusal> {
    let given = posted.values.given("organisation");
    let organisation = given
        .map(|id| OrgId(id.to_owned()))
        .or_else(|| ctx.scope.organisation().cloned());
    let Some(organisation) = organisation else {
        return Err(Refusal::invalid(
            "organisation",
            "Hãy chọn cơ quan báo cáo.",
            "Choose the organisation that reports.",
        ));
    };
    ctx.scope
        .require_for(Permission::RecordObservation, &organisation)?;
    let Some(upload) = posted
        .file("file")
        .filter(|upload| !upload.bytes.is_empty())
    else {
        return Err(Refusal::invalid(
            "file",
            "Chưa chọn tệp nào, hoặc tệp rỗng. Hãy chọn tệp .xlsx hoặc .csv.",
            "No file is chosen, or it is empty. Choose an .xlsx or a .csv.",
        ));
    };
    removals::check_upload(app, "file", &upload.bytes).await?;
    let db = app.journal.db();
    if staged::is_full(db, ctx.scope.actor()).await? {
        return Err(Refusal::invalid(
            "file",
            "Bạn có quá nhiều tệp chưa quyết định. Hãy tiếp nhận hoặc bỏ bớt ở danh sách dưới đây.",
            "You have too many files undecided. Accept some or throw them away, in the list below.",
        ));
    }
    let kind = aside(|| recognise(&upload.bytes)).map_err(unreadable)?;
    let mut staged = Staged {
        id: ImportId(documents::identity(
            posted.values.given("key"),
            &upload.bytes,
        )),
        sender: ctx.scope.actor(),
        organisation,
        name: documents::file_name(&upload.name),
        size: upload.bytes.len() as u64,
        kind,
        mapping: None,
        created_at: app.journal.now().as_microsecond(),
    };
    if let Some(sheet) = table_of(&staged.kind) {
        let sample = aside(|| read::sample(&upload.bytes, sheet));
        let sample = sample.map_err(|error| unreadable(error.to_string()))?;
        staged.mapping = staged::remembered(db, &staged.organisation, &sample.headings).await?;
    }
    staged::put(db, &staged, &upload.bytes).await?;
    Ok(staged)
}

/// Which sheet a table is: none for a text table; nothing for what needs no mapping.
#[allow(
    clippy::option_option,
    reason = "a text table has no sheet and is a table all the same"
)]
pub(super) fn table_of(kind: &Kind) -> Option<Option<&str>> {
    match kind {
        Kind::Table => Some(None),
        Kind::Sheet { sheet } => Some(Some(sheet)),
        Kind::Workbook | Kind::Sdmx => None,
    }
}

fn unreadable(why: impl std::fmt::Display) -> Refusal {
    Refusal::invalid(
        "file",
        format!("Không đọc được tệp: {why}. Chưa lưu gì của tệp."),
        format!("The file cannot be read: {why}. Nothing of it is kept."),
    )
}

/// What sort of file it is; a mark of secrecy is refused before anything is kept.
fn recognise(bytes: &[u8]) -> Result<Kind, String> {
    const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(OLE) {
        return recognise_workbook(bytes);
    }
    let beginning = &bytes[..bytes.len().min(64 << 10)];
    let text = String::from_utf8_lossy(beginning);
    refuse_secret(&text)?;
    let first = text.trim_start_matches('\u{feff}').trim_start_matches('"');
    if first.starts_with("DATAFLOW")
        || first.starts_with("STRUCTURE,")
        || first.starts_with("STRUCTURE[")
    {
        return Ok(Kind::Sdmx);
    }
    Ok(Kind::Table)
}

fn recognise_workbook(bytes: &[u8]) -> Result<Kind, String> {
    match read::returned(bytes) {
        Ok(_) => return Ok(Kind::Workbook),
        Err(Unreadable::NotOurs) => {}
        Err(other) => return Err(other.to_string()),
    }
    let mut book = Book::open(bytes, Limits::default()).map_err(|error| error.to_string())?;
    let mut first = None;
    for sheet in book.sheets() {
        let cells = book.cells(&sheet).map_err(|error| error.to_string())?;
        let words: Vec<String> = cells
            .iter()
            .take(2_000)
            .filter_map(|(_, value)| match value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        refuse_secret(&words.join("\n"))?;
        if first.is_none() && !cells.is_empty() && Sheet::open(&mut book, &sheet, None).is_ok() {
            first = Some(sheet);
        }
    }
    let sheet = first.ok_or("không trang tính nào có bảng (no sheet holds a table)")?;
    Ok(Kind::Sheet { sheet })
}

fn refuse_secret(text: &str) -> Result<(), String> {
    match reading::secrecy(text) {
        None => Ok(()),
        Some(_) => Err(
            "tệp có dấu mật, không được đưa vào hệ thống (the file is marked secret)".to_owned(),
        ),
    }
}

/// The organisations to choose from, for a form.
pub(super) fn options(ctx: &Ctx) -> Vec<(String, String)> {
    let list = outcome::organisations(&ctx.directory, &ctx.scope, ctx.today);
    let named = list.into_iter().map(|id| {
        let name = crate::parts::org_name(ctx, &id);
        (id.0, name)
    });
    named.collect()
}
