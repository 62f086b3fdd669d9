//! Text becomes an outline and a draft of a programme, with spans and diagnostics.
//!
//! ```
//! let reading = reading::read("II. MỤC TIÊU\n1. Đến năm 2028\n- Tỷ lệ hộ có Internet đạt trên 85%.", &reading::Lexicon::default());
//! let target = &reading.targets[0];
//! assert_eq!(target.period.year, Some(2028));
//! assert!(target.strict);
//! ```
//!
//! The way of a text: composed characters (`text`) → lines with their labels → blocks (headings, items,
//! bullets, paragraphs, rows; broken lines joined, furniture set apart) → outline with zones and years →
//! per block tokens, years, quantities, clauses → targets, tasks, duties, citations. Each step knows only
//! those before it. A reading never fails: what it cannot make out it leaves, and says what it doubts.

mod agency;
mod aim;
mod around;
mod assignment;
mod block;
mod cite;
mod clause;
mod column;
mod exclude;
mod furniture;
mod header;
mod label;
mod lines;
mod link;
mod listed;
pub mod model;
mod named;
mod numeral;
mod outline;
mod passage;
mod period;
mod quantity;
mod rate;
mod read;
mod row;
mod secrecy;
mod sentence;
mod spelling;
mod state;
mod table;
mod target;
mod task;
mod text;
mod theme;
mod token;
mod unit;
mod words;
mod work;
mod zone;

pub use link::{IndicatorTerm, Lexicon};
pub use model::*;
pub use read::read;
pub use secrecy::{secrecy, secrecy_of_table};
