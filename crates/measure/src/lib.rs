//! Target paths and statuses: arithmetic without a clock or a database
