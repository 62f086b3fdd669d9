//! Documents: handed in, read, corrected beside their text, adopted.

use axum::Router;
use axum::routing::{get, post};
use journal::Seq;
use programme::document::{CorrectedReading, DocumentSummary, DocumentView};
use programme::{DocumentId, Given};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::FormValues;
use crate::parts;

mod adopt;
mod adopt_form;
mod beside;
mod cards;
mod choices;
mod header;
mod item;
mod job;
mod label;
mod list;
mod marked;
mod receive;
mod receiving;
mod reread;
mod show;
mod stretch;
mod target;
mod task;

pub use job::{READ_JOB, read_job};
pub use list::became;
pub(crate) use receive::file_name;
pub use receiving::{Outcome, RECEIVE_JOB, lost, outcomes};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/documents", get(list::list).post(receive::receive))
        .route("/documents/{id}", get(show::show))
        .route("/documents/{id}/file", get(show::file))
        .route("/documents/{id}/akoma-ntoso", get(show::akoma_ntoso))
        .route("/documents/{id}/read", post(job::read_again))
        .route(
            "/documents/{id}/reread",
            get(reread::show).post(reread::take),
        )
        .route("/documents/{id}/annotations", get(show::annotations))
        .route("/documents/{id}/reference", post(adopt::keep_as_reference))
        .route("/documents/{id}/adopt", get(adopt::form).post(adopt::adopt))
        .route("/documents/{id}/reading", get(beside::show))
        .route(
            "/documents/{id}/reading/header",
            get(header::form).post(header::correct),
        )
        .route(
            "/documents/{id}/reading/targets/new",
            get(target::new).post(target::add),
        )
        .route(
            "/documents/{id}/reading/targets/{item}",
            get(target::form).post(target::correct),
        )
        .route(
            "/documents/{id}/reading/targets/{item}/link",
            post(target::link),
        )
        .route(
            "/documents/{id}/reading/targets/{item}/reject",
            post(target::reject),
        )
        .route(
            "/documents/{id}/reading/targets/{item}/restore",
            post(target::restore),
        )
        .route(
            "/documents/{id}/reading/tasks/new",
            get(task::new).post(task::add),
        )
        .route(
            "/documents/{id}/reading/tasks/{item}",
            get(task::form).post(task::correct),
        )
        .route(
            "/documents/{id}/reading/tasks/{item}/reject",
            post(task::reject),
        )
        .route(
            "/documents/{id}/reading/tasks/{item}/restore",
            post(task::restore),
        )
}

/// The document of an address in the state of knowledge asked for.
async fn load(app: &App, ctx: &Ctx, id: &str) -> Result<DocumentView, Failure> {
    let id: DocumentId = parts::id(id)?;
    Ok(programme::document::get(&app.journal, &ctx.scope, ctx.as_known, id).await?)
}

/// The reading of a document, or the page that says there is none yet.
fn reading_of(view: &DocumentView) -> Result<&CorrectedReading, Failure> {
    view.reading.as_ref().ok_or_else(|| {
        Failure::Conflict(access::Say::new(
            "Văn bản này chưa được đọc.",
            "This document has not been read.",
        ))
    })
}

/// What a document is called in lists and titles.
/// A document named in passing: by its number where it has one.
pub fn short_name(ctx: &Ctx, summary: &DocumentSummary) -> String {
    let number = summary.header.number.clone();
    number.unwrap_or_else(|| title_of(ctx, summary))
}

fn title_of(ctx: &Ctx, summary: &DocumentSummary) -> String {
    if summary.refused.is_some() {
        return ctx
            .t(
                "Văn bản có dấu mật, đã từ chối",
                "Document marked secret, refused",
            )
            .to_owned();
    }
    let name = || summary.file.as_ref().map(|file| file.name.clone());
    summary
        .header
        .title
        .clone()
        .or_else(name)
        .unwrap_or_else(|| {
            ctx.t("Văn bản không có tên", "Untitled document")
                .to_owned()
        })
}

/// A short sign of a state, for telling whether it is still the one a form was filled against.
fn sign_of(state: &impl Serialize) -> Result<String, Failure> {
    let bytes = serde_json::to_vec(state).map_err(|error| Failure::Broken(error.to_string()))?;
    let digest = Sha256::digest(&bytes);
    Ok(digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// No entry has this number: a command that expects it is stale.
const NEVER: Seq = -1;

/// What comes with a command about one item. A document is corrected by several people at a time: a
/// command is stale only when the item itself changed, whatever became of the others. A form sent twice
/// is recognised by its key before that.
fn given(values: &FormValues, version: Seq, sign: &str) -> Given {
    Given {
        key: values.given("key").map(str::to_owned),
        expected: values
            .given("seen")
            .map(|seen| if seen == sign { version } else { NEVER }),
    }
}

/// An identity that is the same when the same form is sent again with the same content: as old as the
/// form's key, and otherwise told by the hash of key and content. Without a key it is simply new.
pub(crate) fn identity(key: Option<&str>, content: &[u8]) -> Uuid {
    let made = key.and_then(|key| Some((key, Uuid::parse_str(key).ok()?.get_timestamp()?)));
    let Some((key, at)) = made else {
        return Uuid::now_v7();
    };
    let digest = Sha256::new()
        .chain_update(key.as_bytes())
        .chain_update(content)
        .finalize();
    let mut random = [0u8; 10];
    random.copy_from_slice(&digest[..10]);
    let (seconds, nanoseconds) = at.to_unix();
    let milliseconds = seconds * 1000 + u64::from(nanoseconds) / 1_000_000;
    Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sent_twice_makes_one_thing_and_another_file_another() {
        let key = Uuid::now_v7().to_string();
        let first = identity(Some(&key), b"a");
        assert_eq!(first, identity(Some(&key), b"a"));
        assert_ne!(first, identity(Some(&key), b"b"));
        assert_eq!(first.get_version_num(), 7);
        assert_ne!(identity(None, b"a"), identity(None, b"a"));
        assert_ne!(
            identity(Some("khong phai"), b"a"),
            identity(Some("khong phai"), b"a")
        );
    }

    #[test]
    fn only_a_change_of_the_item_itself_makes_a_form_stale() {
        let form = FormValues::of([("key", "k".to_owned()), ("seen", "ab".to_owned())]);
        assert_eq!(given(&form, 9, "ab").expected, Some(9));
        assert_eq!(given(&form, 9, "cd").expected, Some(NEVER));
        assert_eq!(given(&FormValues::default(), 9, "cd").expected, None);
    }
}
