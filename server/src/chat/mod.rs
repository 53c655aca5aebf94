//! The use cases. Every entry (form, server function, API, command line) calls these, so that each rule lives once.
//!
//! Knows domain and storage; knows nothing of HTTP or HTML.

mod activities;
mod conversations;
mod error;
mod integrations;
mod messages;
mod provision;
mod users;
mod visitors;

use domain::{AppId, Timestamp};

pub use conversations::ConversationView;
pub use error::{ChatError, Noun};
pub use messages::{NewMessage, Posted, Speaker};
pub use provision::Provisioned;
pub use visitors::VisitorIdentity;

use crate::clock::{Clock, random_bytes};
use crate::live::Fanout;
use crate::storage::Storage;

/// The use cases over one database; cheap to clone.
#[derive(Clone)]
pub struct Chat {
    storage: Storage,
    fanout: Fanout,
    clock: Clock,
}

/// What a caller may touch. Made by an edge once it knows who calls; use cases take it instead of an app's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    app: AppId,
}

impl Scope {
    /// Everything of `app`.
    pub fn of_app(app: AppId) -> Self {
        Self { app }
    }
}

impl Chat {
    pub fn new(storage: Storage, fanout: Fanout, clock: Clock) -> Self {
        Self { storage, fanout, clock }
    }

    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    pub fn fanout(&self) -> &Fanout {
        &self.fanout
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// A new id, born now.
fn new_id<Id>(make: fn(Timestamp, [u8; 8]) -> Id, now: Timestamp) -> Id {
    make(now, random_bytes())
}
