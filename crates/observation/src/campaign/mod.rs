//! Evidence campaigns: the yearly season of an index, which asks each agency for figures and papers per
//! sub-indicator by a date.
//!
//! A season is one stream, `campaign/<uuid>`, opened under a pinned definition. A figure that answers a
//! request is recorded as an observation in the same entry, by the way every figure takes; returning or
//! withdrawing the answer takes it back in the entry that does so.

mod command;
mod decide;
mod fact;
mod open;
mod project;
mod read;
mod state;
mod status;

pub use command::{command_campaign, open_campaign};
pub use decide::{CampaignCommand, Give, Says, decide_campaign, record_of};
pub use fact::{Answered, Asked, CampaignFact, Opened, Said};
pub use open::{Differs, Open, decide_open};
pub use project::CampaignProjection;
pub use read::{
    CampaignRow, RequestFilter, RequestRow, campaign, campaign_before, campaigns, request, requests,
};
pub use state::{Answer, CampaignState, Extension, Judgement, Move, RequestState};
pub use status::{RequestStatus, days_late, status};
