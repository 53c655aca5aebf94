//! What people see. Built twice: for the server (`ssr`) and for the browser (`hydrate`).
//!
//! The page is rendered whole on the server and works as plain HTML; one island, the messenger, takes over in place once
//! the WASM has arrived.

#[cfg(feature = "ssr")]
pub mod backend;
mod browser;
mod components;
mod desk;
mod error;
#[cfg(feature = "ssr")]
pub mod gallery;
pub mod i18n;
mod json;
mod list;
mod live;
#[cfg(feature = "ssr")]
mod pages;
mod say;
mod server_fns;
#[cfg(feature = "ssr")]
mod shell;
pub mod start;
mod state;
pub mod text;
mod visitor;

#[cfg(feature = "ssr")]
pub use components::content::{Refill, Stationery, answer_problems, needs_rich, prechat, prechat_fields, rich};
#[cfg(feature = "ssr")]
pub use components::messenger::TRAP;
#[cfg(feature = "ssr")]
pub use desk::{form_id, reply_id};
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use pages::{list_html, way_to_list};
pub use say::Say;
#[cfg(feature = "ssr")]
pub use shell::{render, render_still};
#[cfg(feature = "ssr")]
pub use text::preview;
pub use visitor::Visitor;

/// [`domain::content::TEXT_CHARACTERS`] as the visitor reads it.
const TEXT_LIMIT: &str = "4096";
/// The images that browsers show, as a file input lists them.
const IMAGE_TYPES: &str = "image/png,image/jpeg,image/gif,image/webp";
/// [`domain::FILE_BYTES`] as the visitor reads it.
const FILE_LIMIT: &str = "50 MB";
