//! Tests of the engine: decisions by table, and tables against the journal on either database.

mod campaign;
mod campaign_tables;
mod columns;
mod columns_histories;
mod computed;
mod decide;
mod import;
mod parts;
mod province;
mod relations;
mod store;
mod support;
mod survey;
mod walk;
