//! Tests of the journal as its users see it. Each runs on SQLite, and on PostgreSQL when
//! `DOTPHA_TEST_DATABASE` names one.

mod backup;
mod canonical;
mod damage;
mod follow;
mod heads;
mod jobs;
mod open;
mod outbox;
mod projections;
mod removal;
mod statements;
mod stores;
mod support;
mod time;
mod verify;
mod work;
mod write;
