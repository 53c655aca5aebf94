//! Pieces that know nothing of chat.

mod avatar;
mod icon;

pub use avatar::Avatar;
pub use icon::{Icon, IconShape};
