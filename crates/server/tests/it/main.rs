//! The server as its readers meet it: the real router over a small province, on SQLite, or on PostgreSQL
//! when DOTPHA_TEST_DATABASE is set.

mod campaigns;
mod client;
mod history;
mod words;
mod world;

mod analysis;
mod as_known;
mod as_known_histories;
mod bad_input;
mod cascade;
mod documents;
mod everything;
mod evolution;
mod fixture;
mod imports;
mod indicators;
mod jobs;
mod languages;
mod odd_requests;
mod openapi;
mod operate;
mod post;
mod receiving;
mod removal;
mod representations;
mod reread;
mod roles;
mod routes;
mod scopes;
mod sdmx;
mod search;
mod several;
mod sign_in;
mod surveys;
mod writing;
