//! The older API's view of things: pure functions from v2 objects (as JSON) to v1.1 ones, and back where it writes.
//!
//! Both are views of one store, so everything the older API shows goes through here: its answers and its webhooks.

mod app_user;
mod conversation;
mod draft;
mod event;
mod message;
mod moment;
mod new_app_user;
mod words;

pub use app_user::{app_user, client, truncated_app_user};
pub use conversation::Conversation;
pub use draft::{Role, without_envelope};
pub use event::event;
pub use message::message;
pub use moment::{NotSeconds, millis_after, millis_before};
pub use new_app_user::{AppUserPatch, NewAppUser};
pub use words::in_older_words;

use domain::Timestamp;

/// Seconds since 1970 with decimals, as the older API spells times.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
pub fn seconds(at: Timestamp) -> f64 {
    at.millis() as f64 / 1000.0
}
