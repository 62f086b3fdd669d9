//! Documents as a user gets them.

mod document;
mod docx;
mod pdf;
#[path = "../../examples/sample/mod.rs"]
mod sample;
mod tools;
