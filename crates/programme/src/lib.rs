//! Documents, readings, programmes, targets, assigned tasks and their results
