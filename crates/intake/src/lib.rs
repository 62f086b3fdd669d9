//! A file becomes text with a map back to the original
