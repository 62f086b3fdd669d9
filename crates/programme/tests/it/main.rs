//! Tests of the engine: what is decided, what is projected, who sees it.

mod cascade;
mod decide_cascade;
mod decide_document;
mod decide_target;
mod decide_task;
mod fixtures;
mod history;
mod reread;
mod scopes;
mod status;
mod walk;
