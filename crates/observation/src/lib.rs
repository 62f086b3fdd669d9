//! Values of indicators, with stage, source, vintage and evidence.
//!
//! A value is an *observation*: what an agency or a publication said of one indicator, one area and one
//! period, at which stage and when it was published. Nothing is overwritten: a revision is another
//! observation, a mistake is withdrawn with its reason. Which of several observations a page shows is
//! [`prevailing`], by the order the indicator's definition declares.
//!
//! A series may tell a part of its whole, such as that of one organisation ([`Breakdown`]); every question about an
//! indicator in an area means the whole.
//!
//! Single values are facts of the family `series` on the stream of their indicator and area; many values
//! at once are a *batch*: one fact that names a canonical compressed file kept by the journal. A row's
//! identity is (number of the entry, number of the row).
//!
//! What no register counts comes from *surveys*: the answers are kept, estimates are worked out from them, and
//! what is recorded of these is an observation like any other, which the survey names.

mod batch;
mod breakdown;
pub mod campaign;
mod check;
pub mod columns;
mod command;
mod completeness;
mod conditions;
mod decide;
mod decide_batch;
mod doubt;
mod duty;
mod fact;
mod forget;
mod id;
mod parts;
mod prevailing;
mod projection;
mod read;
mod read_batch;
mod relations;
mod review;
mod state;
mod survey;
mod tally;
mod walk;

pub use batch::{BatchError, decode_batch, encode_batch};
pub use breakdown::Breakdown;
pub use check::{Book, JUMP_SHARE, doubts};
pub use command::{accept_batch, judge_batch, publish, record, undo_batch, undo_import, withdraw};
pub use completeness::{Given, Owed, Question, given, status_of};
pub use decide::{Publish, Record, Withdraw, decide_publish, decide_record, decide_withdraw};
pub use decide_batch::{
    AcceptBatch, Against, JudgeBatch, Judgement, UndoBatch, decide_accept_batch,
    decide_judge_batch, decide_undo_batch,
};
pub use doubt::Doubt;
pub use duty::{Duties, due, is_due_for, periods_over};
pub use fact::{
    BatchAccepted, BatchConfirmed, BatchFact, BatchReturned, BatchRow, BatchUndone, EvidenceFile,
    Figure, Published, Recorded, SeriesFact, SeriesKey, Withdrawn,
};
pub use id::{BatchId, CampaignId, ImportId, ObservationId, SurveyId};
pub use prevailing::{prevailing, prevailing_by_period};
pub use projection::{ObservationProjection, PeriodKind};
pub use read::{
    Filter, Lineage, Series, StageCount, count_by_stage, get, latest, lineage, list, series,
    standing,
};
pub use read_batch::{BatchFilter, BatchInfo, batch, batches};
pub use review::{Change, Reviewed, Standing, looked_at, review};
pub use state::{BatchEnd, BatchState, Observation, SeriesState};
pub use survey::{
    AnswerRow, ReceiveSurvey, StratumSize, SurveyFact, SurveyInfo, SurveyProjection,
    SurveyQuestion, SurveyReceived, SurveyState, SurveyTold, SurveyWithdrawn, TellSurvey,
    ToldEstimate, decide_receive_survey, decide_tell_survey, decide_withdraw_survey, estimate,
    receive_survey, survey, survey_that_told, surveys, tell_survey, withdraw_survey,
};
pub use walk::{Changes, Extent, Knowledge, Reign, Walk, Walked, Wanted, extents};
