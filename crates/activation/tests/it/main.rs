//! Runs on SQLite, or on PostgreSQL when DOTPHA_TEST_DATABASE is set.

mod agencies;
mod lookups;
mod sample;
