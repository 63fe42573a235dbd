//! Room `approval`.
