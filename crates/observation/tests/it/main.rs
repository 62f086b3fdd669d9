//! Tests of the engine: decisions by table, and tables against the journal on either database.

mod decide;
mod store;
mod support;
