//! Live events: who listens, what they lack, and the two carriers.
//!
//! The log is the truth and a hint may be lost, so a listener subscribes first, then reads the log from where it stands,
//! then goes live and drops what it has read already. Other nodes are heard over NATS; a listener that may have missed one
//! looks at the log.

mod fanout;
mod listener;
mod looks;
mod nodes;
mod route;
mod socket;
mod stream;

pub use fanout::{Fanout, Hint, Subject, Subscription, Word};
pub use nodes::{Change, Membership, NatsUrl};
pub use route::events;
