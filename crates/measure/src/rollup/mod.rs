//! Roll-up of values over areas and periods.
//!
//! Values lie in memory column by column, one block for an indicator, sorted by period, area and cell of a
//! disaggregation; areas and cells are two bytes each, a period stands once for all values of it. A value is an
//! integer with one scale for its block, not a floating-point number: sums are then exact and the same in any
//! order, what is shown equals what was reported to the last digit, and an addition costs no more. The price is
//! that a block holds what fits into 63 bits at its scale (9 × 10¹⁵ with three decimals), and says so when not.
//!
//! One value for an indicator, period, area and cell: the one that prevails. Which one does is decided before.
//! A single value is put in its place at once; there is nothing to rebuild.
//!
//! Where a merger or a split lies between a value and the map it is asked for, the rule of the indicator decides,
//! and the value itself is never rewritten: see [`View`].

mod columns;
mod distinct;
mod roll;
mod territory;
mod used;

pub use columns::{CellSlot, Change, Columns, IndicatorSlot, Key};
pub use distinct::{DistinctCounts, Members};
pub use roll::{Combine, Lacking, OverTime, Request, Rolled, Rollup, Rule, roll};
pub use territory::{AreaSlot, Assignment, Place, Territory, View, depth};
pub use used::{Used, used};
