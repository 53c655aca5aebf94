//! The older API's view of things: pure functions from v2 objects (as JSON) to v1.1 ones.
//!
//! Both are views of one store, so everything the older API shows goes through here: its answers and its webhooks.

mod app_user;
mod event;
mod message;

pub use app_user::{app_user, client, truncated_app_user};
pub use event::event;
pub use message::message;

use domain::Timestamp;

/// Seconds since 1970 with decimals, as the older API spells times.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
pub fn seconds(at: Timestamp) -> f64 {
    at.millis() as f64 / 1000.0
}
