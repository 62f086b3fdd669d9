//! Surveys: answers of a sample, and what they tell of everybody.

mod command;
mod decide;
mod fact;
mod projection;
mod read;

pub use command::{receive_survey, tell_survey, withdraw_survey};
pub use decide::{
    AnswerRow, ReceiveSurvey, SurveyState, TellSurvey, decide_receive_survey, decide_tell_survey,
    decide_withdraw_survey, estimate,
};
pub use fact::{
    StratumSize, SurveyFact, SurveyQuestion, SurveyReceived, SurveyTold, SurveyWithdrawn,
    ToldEstimate,
};
pub use projection::SurveyProjection;
pub use read::{SurveyInfo, survey, survey_that_told, surveys};
