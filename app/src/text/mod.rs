//! What happens to texts on their way to the screen.

#[cfg(feature = "ssr")]
mod file_size;
mod links;
#[cfg(feature = "ssr")]
mod preview;
mod raw;
mod relative;
mod time;

#[cfg(feature = "ssr")]
pub use file_size::file_size;
pub use links::{Part, links};
#[cfg(feature = "ssr")]
pub use preview::preview;
pub use raw::textarea_html;
pub use relative::{list_time, message_age};
pub use time::time_label;
