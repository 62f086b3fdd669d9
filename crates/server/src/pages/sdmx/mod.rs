//! Figures for machines of others: SDMX REST 2.1 below `/sdmx/2.1`, with `asOf` and `includeHistory` as REST 2 has
//! them. Everything goes by the reader's scope: a figure that is not published is neither told, nor counted, nor
//! among the codes that are in use.

mod availability;
mod data;
mod error;
mod feed;
mod house;
mod structures;

use std::sync::Arc;

use activation::{AsKnown, Directory};
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use axum::routing::get;
use interchange::sdmx::query::{QueryFault, Reference};
use interchange::sdmx::{Header, Name, Structure};
use jiff::Timestamp;
use journal::Seq;

use crate::app::App;
use crate::ctx::{Ctx, query_pairs};
use crate::failure::Failure;

pub use error::draw;
pub(crate) use house::structure;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/sdmx/2.1/data/{*query}", get(data::show))
        .route(
            "/sdmx/2.1/availableconstraint/{*query}",
            get(availability::show),
        )
        .route("/sdmx/2.1/{*query}", get(structures::show))
}

/// Whether an address is one of these: its errors are messages of SDMX.
pub fn is_address(uri: &Uri) -> bool {
    uri.path() == "/sdmx" || uri.path().starts_with("/sdmx/")
}

/// What a query is answered from.
struct State {
    /// The last entry that counts.
    until: Seq,
    /// The definitions in force then.
    directory: Arc<Directory>,
    /// The structure of the data by these definitions.
    structure: Structure,
}

impl State {
    /// The state of now, or of a moment.
    async fn load(app: &App, ctx: &Ctx, as_of: Option<Timestamp>) -> Result<Self, Failure> {
        // All pages of an answer are asked as known after one entry, so that they belong together.
        let (until, directory) = match as_of {
            None => (app.journal.head().await?.seq, ctx.directory.clone()),
            Some(moment) => {
                let until = app.journal.known_at(moment).await?;
                let day = crate::parts::day_of(moment.as_microsecond());
                let then = AsKnown::at(until, day);
                (until, app.directories.load(&ctx.scope, then).await?)
            }
        };
        let structure = house::structure(&directory, ctx.today)?;
        Ok(Self {
            until,
            directory,
            structure,
        })
    }

    /// Refuses a query for another flow than ours.
    fn require_flow(&self, flow: &Reference) -> Result<(), Failure> {
        match flow.is_flow(&self.structure) {
            true => Ok(()),
            false => Err(Failure::NotFound),
        }
    }

    fn header(&self, app: &App) -> Result<Header, Failure> {
        let name = |text: String| Name::new(text).map_err(|e| Failure::Broken(e.to_string()));
        Ok(Header {
            id: name(format!("M{}", uuid::Uuid::now_v7()))?,
            prepared: app.journal.now(),
            sender: name(self.structure.agency().to_owned())?,
        })
    }
}

/// Reads a query by its path and the parameters of the address.
fn read<Q>(
    ctx: &Ctx,
    parse: impl for<'a> FnOnce(&mut dyn Iterator<Item = (&'a str, &'a str)>) -> Result<Q, QueryFault>,
) -> Result<Q, Failure> {
    let pairs: Vec<(String, String)> = query_pairs(&ctx.uri).collect();
    let mut pairs = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    parse(&mut pairs).map_err(Failure::from)
}

impl From<QueryFault> for Failure {
    fn from(fault: QueryFault) -> Self {
        let say = access::Say::new(
            format!("{}: {}", fault.at, fault.reason.vi),
            format!("{}: {}", fault.at, fault.reason.en),
        );
        match fault.unsupported {
            true => Failure::NotServed(say),
            false => Failure::BadRequest(say),
        }
    }
}

/// The header `Accept`, empty when there is none.
fn accept(headers: &HeaderMap) -> String {
    let ranges = headers.get_all(header::ACCEPT).iter();
    let ranges: Vec<&str> = ranges.filter_map(|range| range.to_str().ok()).collect();
    ranges.join(", ")
}

/// Names the form of an answer, and on what it depends.
fn told(mut response: Response, media: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, Cookie, Accept-Encoding"),
    );
    response
}
