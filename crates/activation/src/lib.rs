//! Activates definitions into the journal and projects areas, organisations and indicators.

pub use access::{AsKnown, Listed, Page};
