//! What happens to texts on their way to the screen.

mod links;
mod raw;
mod time;

pub use links::{Part, links};
pub use raw::textarea_html;
pub use time::time_label;
