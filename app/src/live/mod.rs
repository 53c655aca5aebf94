//! The live connection: a hint that something new is in the log, and mostly the news itself.

pub mod backoff;
mod carrier;
mod frame;

pub use carrier::{Carrier, Tone};
pub use frame::{Frame, greeting, typing};
