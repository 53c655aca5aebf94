//! What messages say, one renderer a content type.
//!
//! Plain text is rendered on either side. Everything richer is made by the server alone, as HTML that the browser puts in as
//! it is: it works without scripts, one renderer has to be safe, and the code stays off the visitor's line. Its buttons are
//! real ones, whose presses bubble up to the messenger (see `desk::press`).

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod card;
#[cfg(feature = "ssr")]
mod file;
#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod form_response;
#[cfg(feature = "ssr")]
mod image;
#[cfg(feature = "ssr")]
mod location;
#[cfg(feature = "ssr")]
mod markup;
#[cfg(feature = "ssr")]
mod prechat;
#[cfg(feature = "ssr")]
mod rich;
mod text;

#[cfg(feature = "ssr")]
pub use form::answer_problems;
#[cfg(feature = "ssr")]
pub use prechat::{prechat, prechat_fields};
#[cfg(feature = "ssr")]
pub use rich::{Refill, Stationery, needs_rich, rich};
pub use text::TextContent;
