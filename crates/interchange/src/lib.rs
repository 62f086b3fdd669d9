//! Formats of others: CSV
