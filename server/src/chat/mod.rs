//! The use cases. Every entry (form, server function, API, command line) calls these, so that each rule lives once.
//!
//! Knows domain and storage; knows nothing of HTTP or HTML.

mod activities;
mod answers;
mod apps;
mod arrivals;
mod attachments;
mod auth_codes;
mod bans;
mod clients;
mod control;
mod conversations;
mod default_conversations;
mod deletions;
mod erasures;
mod error;
mod export;
mod integrations;
mod keys;
mod links;
mod locale;
mod login;
mod memory;
mod menus;
mod messages;
mod oauth;
mod participants;
mod postbacks;
mod provision;
mod reports;
mod retention;
mod sessions;
mod switchboards;
mod templates;
mod uploads;
mod users;
mod visitors;
mod webhooks;

use std::ops::Deref;
use std::sync::Arc;

use domain::webhook::EventStamp;
use domain::{AppId, EventId, IntegrationId, Timestamp};
use tokio::sync::Notify;

pub use attachments::{Media, NewAttachment};
pub use bans::NewBan;
pub use control::ControlChange;
pub use conversations::{ConversationList, ConversationView};
pub use error::{ChatError, Noun};
pub use export::{ExportPiece, ExportedPerson};
pub use keys::KeyOwner;
pub use login::{Browser, LoggedIn, Person};
pub use messages::{NewMessage, Posted, Reach, Speaker};
pub use oauth::Grant;
pub use provision::Provisioned;
pub use uploads::Upload;
pub use users::{Merge, Merged};
pub use visitors::{VisitorIdentity, Whereto};
pub use webhooks::{DeliveryView, WebhookOwner};

pub use crate::storage::{DefaultConversation, ListedConversation, Moment, OAuthClient, Template};
use memory::Memories;

use crate::clock::{Clock, random_bytes};
use crate::files::Files;
use crate::guard::Rate;
use crate::live::{Fanout, Membership, NatsUrl};
use crate::storage::Storage;

/// An app may say at once what it may say in so many seconds.
const BURST: u32 = 2;

/// The use cases over one database; cheap to clone, as every request does.
#[derive(Clone)]
pub struct Chat(Arc<Shared>);

pub struct Shared {
    storage: Storage,
    files: Files,
    fanout: Fanout,
    clock: Clock,
    /// Calls the sweeper of deleted attachments.
    sweep: Notify,
    /// Calls what forgets people.
    erase: Notify,
    /// Calls what forgets old messages.
    forget: Notify,
    memories: Arc<Memories>,
    /// Messages in each app.
    rate: Rate<AppId>,
}

impl Deref for Chat {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What a caller may touch. Made by an edge once it knows who calls; use cases take it instead of an app's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    app: AppId,
    integration: Option<IntegrationId>,
}

impl Scope {
    /// Everything of `app`.
    pub fn of_app(app: AppId) -> Self {
        Self { app, integration: None }
    }

    /// Users and conversations of `app`, as `integration` speaks for it.
    pub fn of_integration(app: AppId, integration: IntegrationId) -> Self {
        Self { app, integration: Some(integration) }
    }

    pub fn app(self) -> AppId {
        self.app
    }

    /// The integration that speaks; `None` for the app itself.
    pub fn integration(self) -> Option<IntegrationId> {
        self.integration
    }
}

impl Chat {
    pub fn new(storage: Storage, files: Files, fanout: Fanout, clock: Clock) -> Self {
        Self::limited(storage, files, fanout, clock, 0)
    }

    /// The same with so many messages a second in each app at most; 0: no limit.
    pub fn limited(storage: Storage, files: Files, fanout: Fanout, clock: Clock, app_rate: u32) -> Self {
        let (memories, sweep, rate) = (Arc::default(), Notify::new(), Rate::new("app", app_rate, BURST));
        Self(Arc::new(Shared {
            storage,
            files,
            fanout,
            clock,
            sweep,
            forget: Notify::new(),
            erase: Notify::new(),
            memories,
            rate,
        }))
    }

    /// Joins the other nodes over the database with this `epoch`, for as long as what it gives is kept.
    /// # Errors
    /// When no connection to NATS can be set up at all. One that is out of reach is tried again.
    pub async fn join_nodes(&self, url: &NatsUrl, epoch: &str) -> anyhow::Result<Membership> {
        let memories = self.memories.clone();
        self.fanout.join(url, epoch, move |change| memories.forget(change)).await
    }

    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    pub fn files(&self) -> &Files {
        &self.files
    }

    pub fn fanout(&self) -> &Fanout {
        &self.fanout
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// What marks an event of `app` that happens now.
fn event_stamp(app: AppId, now: Timestamp) -> EventStamp {
    EventStamp { id: new_id(EventId::new, now), app, at: now }
}

/// A new id, born now.
fn new_id<Id>(make: fn(Timestamp, [u8; 8]) -> Id, now: Timestamp) -> Id {
    make(now, random_bytes())
}
