//! The APIs that businesses speak.

pub mod description;
pub mod oauth;
mod rate_limit;
pub mod v1;
pub mod v2;

pub use rate_limit::RateLimit;
