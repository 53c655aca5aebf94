//! The APIs that businesses speak.

pub mod description;
pub mod oauth;
pub mod v1;
pub mod v2;
