//! Definitions: parse, check, hash, overlay
