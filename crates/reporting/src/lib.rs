//! Periodic reports: gathers what the engines hold, draws the document up, freezes it.
