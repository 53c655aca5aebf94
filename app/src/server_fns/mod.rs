//! What the browser asks of the server: one line each, the work is [`crate::backend::Backend`]'s.
//!
//! Leptos makes only the server's side of them. Its client for the browser would weigh more than all that is asked, so
//! `asked` says each by hand.

#[cfg(not(feature = "ssr"))]
mod asked;
#[cfg(feature = "ssr")]
mod codec;
#[cfg(feature = "ssr")]
mod conversations;
#[cfg(feature = "ssr")]
mod messages;
#[cfg(feature = "ssr")]
mod session;

#[cfg(not(feature = "ssr"))]
pub use asked::{list_conversations, mark_read, older_messages, press, send_message, tell_typing, unread_elsewhere};
#[cfg(feature = "ssr")]
pub use codec::TextJson;
#[cfg(feature = "ssr")]
pub use conversations::{list_conversations, unread_elsewhere};
#[cfg(feature = "ssr")]
pub use messages::{mark_read, older_messages, press, send_message, tell_typing};
