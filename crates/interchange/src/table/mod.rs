//! Plain tables of others, CSV or XLSX, whose headings nobody agreed on beforehand.
//!
//! [`csv::Csv`] and [`sheet::Sheet`] find out how a file is written and where its headings stand;
//! [`Mapping::propose`] says what the columns seem to mean; a person confirms or corrects it, and it is
//! remembered (it can be serialised). With it the rows become [`Record`]s, one by one, each cell that cannot be
//! understood as a fault with its address.

pub mod csv;
mod encoding;
mod header;
mod lines;
mod mapping;
mod period;
mod record;
pub mod sheet;

#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub use mapping::{Column, Fixed, Mapping, Role};
pub use period::read as read_period;
pub use record::{Found, Reader, Record, Row};
