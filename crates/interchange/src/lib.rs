//! Formats of others: CSV.

pub mod csv;
