//! Charts, DOCX and PDF
