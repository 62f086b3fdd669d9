//! A target broken down: how a part stands, whether the parts hold the whole, and what the agencies score on theirs.

mod held;
mod part;
mod score;

pub use held::{Held, Holding, Share, hold};
pub use part::{Measured, PartAssessment, PartStatus, part_status};
pub use score::{Line, Marked, NotReported, Scored, ScoringRule, rank};
