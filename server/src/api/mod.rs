//! The APIs that businesses speak.

pub mod description;
pub mod v2;
