//! The only place that speaks SQL.
//!
//! Reads go through a pool, [`Storage::read`]. Writes are closures over a [`Tx`], [`Storage::write`]: one writer runs all
//! that wait in one transaction, so that many callers share one journal sync. Everything a closure did is on disk when
//! `write` returns; an error leaves no trace of it.

mod apps;
mod attachments;
mod auth_codes;
mod backup;
mod bans;
mod checkup;
mod clients;
mod connection;
mod conversations;
mod deletions;
mod deliveries;
mod departed;
mod devices;
mod dialect;
mod endpoints;
mod erasures;
mod error;
mod history;
mod integrations;
mod join;
mod keys;
mod lanes;
mod links;
mod list;
mod log;
mod menus;
mod merge;
mod messages;
mod oauth;
mod occupancy;
mod open;
mod outbox;
mod page;
mod participants;
mod postgres;
mod reached;
mod relocation;
mod replays;
mod restore;
mod retention;
mod road;
mod row;
mod scrub;
mod sessions;
mod settings;
mod sql;
mod sqlite;
mod switchboards;
mod templates;
mod tx;
mod users;
mod webhooks;
mod writer;

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

pub use attachments::DoomedAttachment;
pub use backup::{Backup, BackupError, Copied};
pub use checkup::{Checkup, Contradictions, Schema, StoredFile};
use connection::{Connection, Readers};
pub use deliveries::DeliveryCounts;
pub use departed::Departed;
pub use endpoints::Endpoint;
pub use erasures::Erasure;
pub use error::StorageError;
pub use history::{DefaultConversation, Moment};
pub use keys::KeyOwner;
pub use lanes::{Beat, DUE_LANES, Dispatch, DueWebhook, KeptEvent, Made, Settled, WORKER_LIFE};
pub use list::ListedConversation;
pub use log::Extent;
pub use oauth::{OAuthClient, OAuthCode};
use occupancy::Occupancy;
pub use open::{Database, OpenError};
pub use outbox::Subscribers;
pub use participants::NewParticipant;
pub use postgres::Place;
pub use relocation::{Moved, Pass, Relocation, RelocationError};
pub use replays::ReplaySelection;
pub use restore::{Restore, Restored};
pub use retention::PageRetention;
pub use road::{Road, VisitorRoad};
pub use sessions::{NewSession, Visit, VisitorSession};
use sql::Conn;
pub use templates::Template;
pub use tx::Tx;
use writer::Writer;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Storage {
    readers: Readers,
    writer: Writer,
    /// Of PostgreSQL.
    server: Option<PgConnectOptions>,
    /// Of SQLite.
    _occupancy: Option<Arc<Occupancy>>,
}

impl Storage {
    /// A connection that only reads.
    /// # Errors
    /// `Unavailable` when none is free in time.
    pub async fn read(&self) -> Result<Reader, StorageError> {
        Ok(Reader { connection: self.readers.acquire().await?, failed: false })
    }

    /// The same for work that nobody waits for: while others are sent away because too much is to be written, it waits its turn.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { writer: self.writer.patient(), ..self.clone() }
    }

    /// Runs `work` in a transaction. What it returns is on disk when this resolves; an error leaves no trace.
    /// # Errors
    /// Those of `work`; `StorageError` when the commit failed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        self.write_then(work, |_| ()).await
    }

    /// [`Storage::write`], then `after` on what it returned, before any later write can be seen: so a hint about one
    /// write never overtakes the hint about the one before. `after` must be quick.
    pub async fn write_then<T, E, F, A>(&self, work: F, after: A) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        self.writer.run(work, after).await
    }

    /// Changes with every commit that gave webhooks something to be told; ends with the database.
    pub fn queued(&self) -> watch::Receiver<()> {
        self.writer.queued()
    }

    /// Takes the place of a serving node, which is the only one unless it hears of others. `None`: there are others.
    /// # Errors
    /// `Unavailable` without a database.
    pub async fn take_place(&self, hears_of_others: bool) -> Result<Option<Place>, StorageError> {
        match &self.server {
            Some(server) => postgres::take_place(server, !hears_of_others).await,
            None => Ok(Some(Place::default())),
        }
    }

    /// Whether a read succeeds right now, and a write would be taken.
    /// # Errors
    /// Why not.
    pub async fn ping(&self) -> Result<(), StorageError> {
        if !self.writer.is_running() {
            return Err(StorageError::Unavailable(None));
        }
        let mut reader = self.read().await?;
        sql::query("SELECT 1 FROM settings LIMIT 1").execute(reader.conn()).await?;
        Ok(())
    }

    /// Waits until every write that was handed in is on disk, then closes all connections.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// A connection to read from.
pub struct Reader {
    connection: Connection,
    /// Whether a statement failed on PostgreSQL since this was asked last.
    failed: bool,
}

impl Reader {
    fn conn(&mut self) -> Conn<'_> {
        self.connection.lend(&mut self.failed)
    }

    async fn statement(&mut self, sql: &'static str) -> Result<(), StorageError> {
        Ok(sql::run(sql, self.conn()).await?)
    }
}
