//! The APIs that businesses speak.

pub mod v2;
