//! The append-only log on SQLite and PostgreSQL, its projections, files and jobs
