//! Activates definitions into the journal and projects areas, organisations and indicators.
//!
//! The running system reads activated definitions only, by hash. [`activate`] and [`change`] write them;
//! [`Directories`] answers with a [`Directory`]: every definition that was active at one moment of the
//! record, indexed. It is immutable and shared, so that a page, an engine and a search index ask one thing.

mod agency;
mod areas;
mod command;
mod decide;
mod directory;
mod fact;
mod indicators;
mod organisations;
mod projection;
mod rows;

pub use access::{AsKnown, Listed, Page};
pub use agency::AgencyMatch;
pub use areas::Areas;
pub use command::{
    Activation, ChangeFromActive, Difference, activate, activate_first, change, offer,
};
pub use decide::{Active, Change, State, decide, evolve};
pub use directory::{Directories, Directory, Pinned};
pub use fact::DefinitionFact;
pub use indicators::Indicators;
pub use organisations::{Organisations, TreeNode};
pub use projection::projections;
