//! What people see. Built twice: for the server (`ssr`) and for the browser (`hydrate`).
//!
//! The page is rendered whole on the server and works as plain HTML; one island, the messenger, takes over in place once
//! the WASM has arrived.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod start;

pub use error::AppError;
