//! What the browser asks of the server: one line each, the work is [`crate::backend::Backend`]'s.

mod codec;
mod conversations;
mod messages;
#[cfg(feature = "ssr")]
mod session;

pub use codec::TextJson;
pub use conversations::list_conversations;
pub use messages::{mark_read, older_messages, press, send_message};
