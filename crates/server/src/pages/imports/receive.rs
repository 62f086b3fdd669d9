//! A file is sent: looked at, kept aside.

use access::{OrgId, Permission, Refusal};
use axum::extract::{Request, State};
use interchange::table::sheet::Sheet;
use interchange::workbook::Unreadable;
use interchange::xlsx::{Book, Limits};
use observation::ImportId;

use super::staged::{self, Kind, Staged};
use super::{large, list, marks, outcome, read};
use crate::answer::{Answer, answer_with, aside, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::form::{FormState, FormValues};
use crate::pages::{documents, removals};
use crate::spool::{self, Spooled};

/// `POST /imports`
pub async fn receive(State(app): State<App>, ctx: Ctx, request: Request) -> Answer {
    let allowed = || {
        ctx.signed_in()?;
        Ok(ctx.scope.require(Permission::RecordObservation)?)
    };
    let wanted = ("file", app.options.limits.table);
    let (posted, mut file) = spool::receive(&app, &ctx, request, wanted, allowed).await?;
    match take(&app, &ctx, &posted.values, file.as_mut()).await {
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

async fn take(
    app: &App,
    ctx: &Ctx,
    values: &FormValues,
    file: Option<&mut Spooled>,
) -> Result<Staged, Refusal> {
    let given = values.given("organisation");
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
    let Some(file) = file else {
        return Err(Refusal::invalid(
            "file",
            "Chưa chọn tệp nào, hoặc tệp rỗng. Hãy chọn tệp .xlsx hoặc .csv.",
            "No file is chosen, or it is empty. Choose an .xlsx or a .csv.",
        ));
    };
    removals::check_hash(app, "file", &file.hash).await?;
    let db = app.journal.db();
    if staged::is_full(db, ctx.scope.actor()).await? {
        return Err(Refusal::invalid(
            "file",
            "Bạn có quá nhiều tệp chưa quyết định. Hãy tiếp nhận hoặc bỏ bớt ở danh sách dưới đây.",
            "You have too many files undecided. Accept some or throw them away, in the list below.",
        ));
    }
    let most = app.options.limits.upload as u64;
    let (kind, headings) = aside(|| recognise(file, most)).map_err(unreadable)?;
    let mut staged = Staged {
        id: ImportId(documents::identity(
            values.given("key"),
            file.hash.as_str().as_bytes(),
        )),
        sender: ctx.scope.actor(),
        organisation,
        name: documents::file_name(&file.name),
        size: file.size,
        kind,
        mapping: None,
        created_at: app.journal.now().as_microsecond(),
    };
    if let Some(headings) = headings {
        staged.mapping = staged::remembered(db, &staged.organisation, &headings).await?;
    }
    let content = file
        .content()
        .map_err(|error| unreadable(error.to_string()))?;
    staged::put(db, &staged, content).await?;
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

/// What sort of file it is, and the headings of a table; a mark of secrecy is refused before anything is kept.
fn recognise(file: &mut Spooled, most: u64) -> Result<(Kind, Option<Vec<String>>), String> {
    const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
    let fault = |error: std::io::Error| error.to_string();
    if file.beginning.starts_with(b"PK\x03\x04") || file.beginning.starts_with(OLE) {
        // Their parts lie anywhere in them: they are read whole.
        if file.size > most {
            let most = most >> 20;
            return Err(format!(
                "tệp Excel lớn hơn {most} MB; hãy chia nhỏ hoặc lưu dạng CSV (a workbook above {most} MB: part it, or save it as CSV)"
            ));
        }
        return recognise_workbook(&file.whole().map_err(fault)?);
    }
    let beginning = file.beginning.clone();
    marks::refuse_text(&beginning, file.content().map_err(fault)?)?;
    let text = String::from_utf8_lossy(&beginning);
    let first = text.trim_start_matches('\u{feff}').trim_start_matches('"');
    if first.starts_with("DATAFLOW")
        || first.starts_with("STRUCTURE,")
        || first.starts_with("STRUCTURE[")
    {
        return Ok((Kind::Sdmx, None));
    }
    let sample = read::sample_of_text(file.content().map_err(fault)?);
    let sample = sample.map_err(|error| error.to_string())?;
    Ok((Kind::Table, Some(sample.headings)))
}

fn recognise_workbook(bytes: &[u8]) -> Result<(Kind, Option<Vec<String>>), String> {
    let is_ours = match read::returned(bytes) {
        Ok(_) => true,
        Err(Unreadable::NotOurs) => false,
        Err(other) => return Err(other.to_string()),
    };
    let mut book = Book::open(bytes, Limits::default()).map_err(|error| error.to_string())?;
    marks::refuse_book(&mut book)?;
    if is_ours {
        return Ok((Kind::Workbook, None));
    }
    for sheet in book.sheets() {
        let is_empty = book.cells(&sheet).is_ok_and(|cells| cells.is_empty());
        if !is_empty && let Ok(table) = Sheet::open(&mut book, &sheet, None) {
            let headings = table.headings().to_vec();
            return Ok((Kind::Sheet { sheet }, Some(headings)));
        }
    }
    Err("không trang tính nào có bảng (no sheet holds a table)".to_owned())
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
