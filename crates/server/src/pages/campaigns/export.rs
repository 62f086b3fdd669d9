//! A season to take along: its table as a workbook, its papers as one ZIP.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use interchange::bundle::Bundle;
use interchange::listing::{self, Cell, Column};
use journal::{FileHash, FileStore};
use observation::EvidenceFile;
use observation::campaign::{Answer as Given, RequestRow, Said, request};
use rust_decimal::Decimal;
use viet::Lang;

use super::{Season, show::wanted};
use crate::answer::{Answer, download};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Bytes of papers that one ZIP holds: what an office line takes down in some minutes.
const MOST: u64 = 512 << 20;

/// The value an answer gives.
pub fn value(said: &Said) -> Option<Decimal> {
    match said {
        Said::Figure { value, .. } => Some(*value),
        _ => None,
    }
}

/// The answer of a request that counts as given.
fn given(row: &RequestRow) -> Option<&Given> {
    row.state.answer().filter(|_| !row.status.is_owed())
}

/// The papers given for a request, without those that were removed.
pub fn papers_of(row: &RequestRow) -> impl Iterator<Item = &EvidenceFile> {
    let papers = given(row).into_iter().flat_map(|answer| &answer.papers);
    papers.filter(|paper| !paper.is_removed())
}

/// `GET /campaigns/{id}/workbook?organisation=&status=`
pub async fn workbook(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    super::inside(&ctx)?;
    let season = super::load(&app, &ctx, &id).await?;
    let rows = wanted(&ctx, season.requests.clone())?;
    let lines: Vec<Vec<Cell>> = rows.iter().map(|row| line(&ctx, &season, row)).collect();
    let name = season.name(&ctx);
    let bytes =
        crate::answer::aside(|| listing::write(&name, ctx.as_known.day, &columns(&ctx), &lines))
            .map_err(|error| Failure::Broken(error.to_string()))?;
    let file = format!("{}-{}.xlsx", season.row.definition, season.row.year);
    Ok(download(bytes, XLSX, &file))
}

fn columns(ctx: &Ctx) -> Vec<Column> {
    let columns = [
        (ctx.t("Trụ cột", "Pillar"), 24.0),
        (ctx.t("Số hiệu", "Code"), 9.0),
        (ctx.t("Chỉ số thành phần", "Sub-indicator"), 40.0),
        (ctx.t("Cơ quan", "Organisation"), 28.0),
        (ctx.t("Hạn", "Due"), 12.0),
        (ctx.t("Trạng thái", "State"), 18.0),
        (ctx.t("Số ngày muộn", "Days late"), 9.0),
        (ctx.t("Số liệu", "Figure"), 14.0),
        (ctx.t("Đơn vị tính", "Unit"), 14.0),
        (ctx.t("Kỳ", "Period"), 10.0),
        (ctx.t("Trả lời", "Said"), 18.0),
        (ctx.t("Lý do, ghi chú", "Reason, note"), 36.0),
        (ctx.t("Minh chứng", "Papers"), 36.0),
        (ctx.t("Nộp ngày", "Given on"), 12.0),
    ];
    columns
        .map(|(heading, width)| Column {
            heading: heading.to_owned(),
            width,
        })
        .to_vec()
}

fn line(ctx: &Ctx, season: &Season, row: &RequestRow) -> Vec<Cell> {
    let request = &row.state.request;
    let answer = given(row);
    let said = answer.map(|answer| &answer.said);
    let indicator = request.indicator.as_ref();
    let unit = indicator
        .and_then(|id| ctx.directory.indicators().get(id.as_str()))
        .map(|pinned| pinned.definition.value.unit.label(ctx.lang));
    let words = said.map(|said| match said {
        Said::Figure { .. } => ctx.t("số liệu", "figure"),
        Said::Papers => ctx.t("minh chứng", "papers"),
        Said::NothingOccurred { .. } => ctx.t("không phát sinh", "nothing occurred"),
        Said::NotAvailable { .. } => ctx.t("không có số liệu", "not available"),
    });
    let why = said.and_then(Said::reason).into_iter();
    let why: Vec<&str> = why.chain(answer.and_then(|a| a.note.as_deref())).collect();
    let papers: Vec<&str> = papers_of(row).map(|paper| paper.name.as_str()).collect();
    vec![
        Cell::text(season.pillar(&request.pillar).get(ctx.lang)),
        Cell::text(request.code.as_deref().unwrap_or_default()),
        Cell::text(request.label.get(ctx.lang)),
        Cell::text(parts::org_name(ctx, &row.state.organisation)),
        Cell::Day(row.state.due),
        Cell::text(row.status.label(ctx.lang)),
        row.days_late
            .map_or(Cell::Empty, |days| Cell::Number(days.into())),
        said.and_then(value).map_or(Cell::Empty, Cell::Number),
        Cell::text(unit.unwrap_or_default()),
        Cell::text(match indicator {
            Some(_) => season.row.period.label(ctx.lang),
            None => String::new(),
        }),
        Cell::text(words.unwrap_or_default()),
        Cell::text(why.join("\n")),
        Cell::text(papers.join("\n")),
        Cell::day(answer.map(|answer| answer.on)),
    ]
}

/// A paper, and where it goes in the ZIP.
struct Packed {
    folder: String,
    name: String,
    hash: FileHash,
    size: u64,
}

/// `GET /campaigns/{id}/papers?organisation=&status=`: a folder a sub-indicator.
pub async fn papers(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    super::inside(&ctx)?;
    let season = super::load(&app, &ctx, &id).await?;
    let rows = wanted(&ctx, season.requests.clone())?;
    let mut packed = Vec::new();
    for (number, row) in (1..).zip(&rows) {
        let request = &row.state.request;
        let code = request.code.as_deref().unwrap_or_default();
        let label = request.label.get(Lang::Vi);
        let folder = format!("{number:02} {code} {label}").replace("  ", " ");
        packed.extend(papers_of(row).map(|paper| Packed {
            folder: folder.clone(),
            name: paper.name.clone(),
            hash: paper.hash.clone(),
            size: paper.size,
        }));
    }
    bounded(&packed, MOST)?;
    let file = format!(
        "minh-chung-{}-{}.zip",
        season.row.definition, season.row.year
    );
    Ok(streamed(app.journal.files().clone(), packed, &file))
}

/// Refuses more bytes than one ZIP holds, with what to do.
fn bounded(packed: &[Packed], most: u64) -> Result<(), Failure> {
    let total: u64 = packed.iter().map(|paper| paper.size).sum();
    if total <= most {
        return Ok(());
    }
    let size = |lang| (parts::size(total, lang), parts::size(most, lang));
    let ((vi, most_vi), (en, most_en)) = (size(Lang::Vi), size(Lang::En));
    Err(Failure::bad_request(
        format!(
            "Minh chứng có tất cả {vi}, một tệp nén chỉ chứa {most_vi}. Hãy lọc theo cơ quan rồi tải từng phần."
        ),
        format!(
            "The papers come to {en}, one ZIP holds {most_en}. Filter by organisation and fetch them part by part."
        ),
    ))
}

/// The ZIP, file by file: no more than one is held in memory.
fn streamed(files: FileStore, packed: Vec<Packed>, file: &str) -> Response {
    let begun = Some((Bundle::default(), packed.into_iter()));
    let pieces = stream::try_unfold(begun, move |state| {
        let files = files.clone();
        async move {
            let Some((mut bundle, mut rest)) = state else {
                return Ok::<_, std::io::Error>(None);
            };
            let Some(paper) = rest.next() else {
                return Ok(Some((bundle.end()?, None)));
            };
            let content = files
                .get(&paper.hash)
                .await
                .map_err(std::io::Error::other)?;
            let piece = crate::answer::aside(|| bundle.add(&paper.folder, &paper.name, &content))?;
            Ok(Some((piece, Some((bundle, rest)))))
        }
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// `GET /campaigns/{id}/requests/{request}/papers/{hash}`: to whoever sees the request.
pub async fn paper(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, of, hash)): Path<(String, String, String)>,
) -> Answer {
    super::inside(&ctx)?;
    let (id, of) = (parts::id(&id)?, parts::id(&of)?);
    let hash = FileHash::parse(&hash).ok_or(Failure::NotFound)?;
    let days = assess::due_soon_days(&ctx)?;
    let row = request(app.journal.db(), &ctx.scope, &ctx.as_known, (id, &of), days).await?;
    let paper = row.paper(&hash).filter(|paper| !paper.is_removed());
    let paper = paper.ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&hash).await?;
    Ok(download(bytes, "application/octet-stream", &paper.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_one_zip_holds_is_refused_with_what_to_do() {
        let paper = |size| Packed {
            folder: "01".into(),
            name: "a.pdf".into(),
            hash: FileHash::of(b"a"),
            size,
        };
        assert!(bounded(&[paper(4), paper(6)], 10).is_ok());
        let refused = bounded(&[paper(4), paper(7)], 10).expect_err("too much");
        assert!(refused.say().vi.contains("lọc theo cơ quan"));
    }
}
