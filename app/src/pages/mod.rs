//! Pages without a conversation.

mod broken;
mod conversations;
mod gallery;
mod link_ended;
mod not_found;
mod notice;
mod poster;
mod too_many;

pub use broken::Broken;
pub use conversations::{Conversations, list_html, way_to_list};
pub use gallery::Gallery;
pub use link_ended::{LinkEnded, title_of_end};
pub use not_found::NotFound;
pub use poster::PosterPage;
pub use too_many::TooMany;
