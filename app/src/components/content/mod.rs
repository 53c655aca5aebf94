//! What the messenger can show: text, and a link for what it can't. Every other type comes as one or both of these.

mod link;
mod text;

pub use link::LinkContent;
pub use text::TextContent;
