//! `GET /sdmx/2.1/data/{flow}/{key}/{provider}`

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Path, State as AppState};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures::channel::mpsc;
use futures::{SinkExt, Stream, StreamExt, future, stream};
use interchange::sdmx::data::{DataFormat, DataWriter, Options};
use interchange::sdmx::query::DataQuery;
use interchange::sdmx::{Header, Structure};

use super::feed::{Feed, Portion};
use super::{State, accept, read, told};
use crate::answer::Answer;
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

/// Bytes that are gathered before they are sent.
const CHUNK: usize = 64 * 1024;

pub async fn show(
    AppState(app): AppState<App>,
    ctx: Ctx,
    headers: HeaderMap,
    Path(path): Path<String>,
) -> Answer {
    let query = read(&ctx, |pairs| DataQuery::parse(&path, pairs))?;
    let format = format(&query, &headers)?;
    let state = State::load(&app, &ctx, query.as_of).await?;
    state.require_flow(&query.flow)?;
    let mut feed = Feed::open(&app, &ctx, &query, &state).await?;
    // The status goes out before the rest is read: whether there is anything must be known by then.
    let first = feed.next().await?.ok_or(Failure::NotFound)?;
    let message = Message {
        header: state.header(&app)?,
        structure: state.structure,
        options: Options {
            format,
            layout: query.layout,
            detail: query.detail,
        },
        first,
        feed,
    };
    Ok(told(message.stream(), format.media_type()))
}

/// The format asked for by `format` or the header `Accept`, if it can say what is to be told.
fn format(query: &DataQuery, headers: &HeaderMap) -> Result<DataFormat, Failure> {
    let asked = match query.format.as_deref() {
        Some("csv" | "csvdata") => Some(DataFormat::Csv1),
        Some("structurespecificdata") => Some(DataFormat::Ml21),
        Some(media) => DataFormat::accepted(media),
        None => DataFormat::accepted(&accept(headers)),
    };
    let able = |format: &DataFormat| match format {
        DataFormat::Ml21 => true,
        // It has actions, and no time of validity.
        DataFormat::Csv2 => !query.include_history,
        DataFormat::Csv1 => !query.include_history && query.updated_after.is_none(),
    };
    asked.filter(able).ok_or_else(|| {
        let all = DataFormat::ALL.into_iter().filter(able);
        let types: Vec<&str> = all.map(DataFormat::media_type).collect();
        let types = types.join(", ");
        Failure::NotAcceptable(access::Say::new(
            format!("Dạng được hỏi không có cho truy vấn này; có: {types}."),
            format!("The form asked for is not served for this query; there are: {types}."),
        ))
    })
}

/// A message on its way out.
struct Message {
    header: Header,
    structure: Structure,
    options: Options,
    first: Vec<Portion>,
    feed: Feed,
}

type Chunks = mpsc::Sender<io::Result<Vec<u8>>>;

impl Message {
    /// Written as it is taken: nothing is held but the series at hand and a chunk, and when the client goes
    /// away the rest is not read.
    fn stream(self) -> Response {
        let (sender, receiver) = mpsc::channel(1);
        Body::from_stream(beside(receiver, self.write(sender))).into_response()
    }

    async fn write(self, mut chunks: Chunks) {
        if let Err(error) = self.write_to(&mut chunks).await {
            tracing::error!(%error, "an SDMX message broke off");
            // A client that has gone away does not hear of it.
            let _ = chunks.send(Err(error)).await;
        }
    }

    async fn write_to(mut self, chunks: &mut Chunks) -> io::Result<()> {
        let written = Written::default();
        let mut out =
            DataWriter::begin(written.clone(), &self.structure, &self.header, self.options)?;
        let mut next = Some(std::mem::take(&mut self.first));
        while let Some(portions) = next {
            for portion in portions {
                if let Some(set) = portion.set {
                    out.data_set(set)?;
                }
                for observation in &portion.observations {
                    out.push(observation)?;
                }
            }
            if !send(chunks, written.take(CHUNK)).await {
                return Ok(());
            }
            let read = self.feed.next().await;
            next = read.map_err(|failure| io::Error::other(format!("{failure:?}")))?;
        }
        out.end()?;
        send(chunks, written.take(1)).await;
        Ok(())
    }
}

/// Sends what there is; `false` when nobody takes it any more.
async fn send(chunks: &mut Chunks, bytes: Option<Vec<u8>>) -> bool {
    match bytes {
        Some(bytes) => chunks.send(Ok(bytes)).await.is_ok(),
        None => true,
    }
}

/// The stream of a channel while what feeds it goes on within: it needs no task of its own and ends with the stream.
fn beside<T: Send + 'static>(
    receiver: mpsc::Receiver<T>,
    work: impl Future<Output = ()> + Send + 'static,
) -> impl Stream<Item = T> + Send + 'static {
    let work = stream::once(work).filter_map(|()| future::ready(None));
    stream::select(receiver, work)
}

/// Bytes that were written and not yet sent.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    /// Everything, once it is so much.
    fn take(&self, at_least: usize) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (bytes.len() >= at_least).then(|| std::mem::take(&mut *bytes))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
