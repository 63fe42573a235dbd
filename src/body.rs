//! Room `body`.
