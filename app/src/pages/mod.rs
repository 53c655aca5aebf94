//! Pages without a conversation.

mod broken;
mod not_found;
mod notice;

pub use broken::Broken;
pub use not_found::NotFound;
