//! Pages and API: one route, three representations.
//!
//! Every page is drawn by the server, works without JavaScript and has its address; the same address
//! answers JSON and CSV when asked (`Accept`, or `?format=json`). Handlers are thin: they read through
//! an engine with the reader's scope, or give an engine a command, and hand the outcome to a view.

mod answer;
mod app;
mod assess;
mod assets;
mod ctx;
mod failure;
mod form;
mod guard;
mod layout;
mod lexicon;
mod maps;
pub mod operate;
mod pages;
mod parts;
mod post;
mod search;
mod session;
mod sign_in;
mod spool;
mod words;
mod work;

pub use app::{App, Options};
pub use guard::router;
pub use lexicon::lexicon;
pub use maps::{MapFault, Maps};
pub use post::{Carrier, MAIL_PATIENCE, MailOptions, MailTls, OutboxOptions, run_outbox};
pub use search::follow_journal;
pub use work::run_jobs;
