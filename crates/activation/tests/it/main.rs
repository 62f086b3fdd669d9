//! Runs on SQLite, or on PostgreSQL when DOTPHA_TEST_DATABASE is set.

mod agencies;
mod commands;
mod histories;
mod lookups;
mod sample;
