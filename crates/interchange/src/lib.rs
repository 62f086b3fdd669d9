//! Formats of others.

pub mod akoma_ntoso;
pub mod csv;
