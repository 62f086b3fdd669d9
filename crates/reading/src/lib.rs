//! Text becomes an outline and a draft of a programme, with spans and diagnostics
