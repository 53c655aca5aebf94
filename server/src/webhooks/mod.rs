//! Tells businesses what happened: takes deliveries out of the outbox and makes them, at least once and in order.
//!
//! Order is kept in a lane (a conversation, mostly): its next delivery begins when the one before was made or given up. Lanes
//! of one webhook go side by side, and no webhook waits for another.

mod address;
mod body;
mod client;
mod courier;
mod delivery;
mod log;
mod retry;
mod signature;
mod worker;

pub use body::body;
pub use client::Client;
pub use retry::Schedule;
pub use worker::{Worker, start};
