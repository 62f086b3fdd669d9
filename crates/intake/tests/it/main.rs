//! Files of every kind, honest and hostile, become text or a clear refusal.

mod aside;
mod docx;
mod fixture;
mod fuzz;
mod holds;
mod hostile;
mod html;
mod legacy;
mod mutations;
mod office;
mod pdf;
mod plain;
