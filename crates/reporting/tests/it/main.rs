//! Tests of reports: what is printed, that every figure leads back, and the walk through the journal.

mod compose;
mod decide;
mod province;
mod sample;
mod store;
