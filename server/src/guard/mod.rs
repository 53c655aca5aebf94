//! What keeps one client from spoiling it for the others: who a client is, and how much each may do.
//!
//! All of it is counted in the memory of this process. Nothing here answers a request: the edges ask, and refuse in their own words.

mod address;
mod ban;
mod limits;
mod listeners;
mod rate;

pub use address::{ClientAddress, Network, TrustedProxies};
pub use ban::{Ban, Banned, Bans, prefix};
pub use limits::Limits;
pub use listeners::{Listeners, NoPlace, Place};
pub use rate::{Rate, whole_seconds};
