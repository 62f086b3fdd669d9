//! Formats of others.

pub mod akoma_ntoso;
pub mod amount;
pub mod annotated;
pub mod cell;
pub mod csv;
pub mod sdmx;
pub mod survey;
pub mod table;
pub mod workbook;
pub mod xlsx;

mod bounded;
mod xml;
