//! One view, three representations.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Serialize;

use crate::ctx::{Ctx, Representation};
use crate::failure::Failure;
use crate::layout;

/// What a handler returns.
pub type Answer = Result<Response, Failure>;

/// The rows of a view, as a spreadsheet takes them.
#[derive(Debug, Default)]
pub struct Table {
    /// Column names in English, as the JSON has them.
    pub head: Vec<&'static str>,
    /// Cells as text; numbers with a decimal point, dates as YYYY-MM-DD.
    pub rows: Vec<Vec<String>>,
}

/// What a page shows. Serialised it is the JSON of the address.
pub trait View: Serialize {
    /// Title of the page.
    fn title(&self, ctx: &Ctx) -> String;
    /// The page's content, without the frame.
    fn html(&self, ctx: &Ctx) -> Markup;
    /// The same facts as rows.
    fn table(&self) -> Table;
    /// Can it be asked for "as known on" a day? Then the frame offers it.
    fn knows_the_past(&self) -> bool {
        false
    }
}

/// Draws a view in the representation asked for.
pub fn answer(ctx: &Ctx, view: &impl View) -> Answer {
    answer_with(ctx, StatusCode::OK, view)
}

/// The same with another status: a form drawn again with its faults is a 422.
pub fn answer_with(ctx: &Ctx, status: StatusCode, view: &impl View) -> Answer {
    let mut response = aside(|| represent(ctx, view))?;
    *response.status_mut() = status;
    // The same address answers three ways, and differently for each reader.
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("Accept, Cookie"));
    Ok(response)
}

fn represent(ctx: &Ctx, view: &impl View) -> Answer {
    Ok(match ctx.representation {
        Representation::Html => {
            layout::view_page(ctx, &view.title(ctx), view.knows_the_past(), view.html(ctx))
                .into_response()
        }
        Representation::Json => Json(view).into_response(),
        Representation::Csv => csv(ctx, view.table())?,
    })
}

/// Runs what may take its time without keeping probes and other readers waiting: a page of a very long
/// document takes seconds to draw.
pub fn aside<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // Nobody else waits on a runtime of one thread, or where there is none.
        _ => work(),
    }
}

fn csv(ctx: &Ctx, table: Table) -> Answer {
    let bytes = interchange::csv::write(&table.head, table.rows.into_iter())
        .map_err(|error| Failure::Broken(error.to_string()))?;
    let name = ctx.uri.path().trim_matches('/').replace('/', "-");
    let name = if name.is_empty() {
        "dotpha".into()
    } else {
        name
    };
    Ok(download(
        bytes,
        "text/csv; charset=utf-8",
        &format!("{name}.csv"),
    ))
}

/// A file to keep. The name is reduced to what every system takes in a header.
pub fn download(bytes: Vec<u8>, media: &str, name: &str) -> Response {
    let safe: String = viet::fold::fold(name)
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_str(media)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// After a command: to the page that shows what became of it. Clients that speak JSON get the address.
pub fn see(ctx: &Ctx, address: &str) -> Answer {
    Ok(match ctx.representation {
        Representation::Html => Redirect::to(address).into_response(),
        Representation::Json | Representation::Csv => {
            Json(serde_json::json!({ "see": address })).into_response()
        }
    })
}
