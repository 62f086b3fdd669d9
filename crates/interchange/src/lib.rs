//! Formats of others.

pub mod akoma_ntoso;
pub mod annotated;
pub mod csv;
