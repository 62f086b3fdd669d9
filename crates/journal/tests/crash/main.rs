//! The log when something breaks underneath it: the process is killed at every step of a write, the
//! write-ahead log is cut, PostgreSQL is stopped at once, the disk fills. Each runs on SQLite, and on
//! PostgreSQL when `DOTPHA_TEST_DATABASE` names one; what needs a cluster or a disk of its own makes one,
//! or prints that it was left out.

mod check;
mod child;
mod cluster;
mod deeds;
mod disk;
mod kill;
mod postgres;
mod wal;
