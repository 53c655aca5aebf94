//! A write among others in one transaction, and how to undo it alone.

use std::ops::{Deref, DerefMut};

use sqlx::postgres::PgConnectOptions;

use super::connection::Connection;
use super::sql::{Conn, Query, QueryScalar};
use super::{Reader, StorageError, postgres};
use crate::telemetry::causes;

const UNDO: &str = "ROLLBACK TO job; RELEASE job";

/// A transaction: reads like a [`Reader`], and writes.
///
/// A write that shares its transaction works in a savepoint, which is opened by its first change: one that only looks, or whose
/// change is a single text of SQL, does not pay for it. On PostgreSQL a statement that fails ends the whole transaction, unless it
/// was in a savepoint.
pub struct Tx {
    reader: Reader,
    /// Where to connect again when the connection is lost; `None` for SQLite, whose connection is a file.
    server: Option<PgConnectOptions>,
    undo: Undo,
    /// Whether something was put into the outbox since somebody asked.
    queued: bool,
}

/// How to take back what the write at hand has done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// Nothing was changed.
    Nothing,
    /// It has the transaction to itself: the whole of it.
    Transaction,
    /// Back to the savepoint.
    Savepoint,
    /// Not without its neighbours: what it did is released already.
    Group,
}

/// What became of a write.
pub(super) enum Outcome {
    /// It is kept, or undone without a trace.
    Settled,
    /// The whole transaction must be rolled back.
    Spoiled,
}

impl Tx {
    pub(super) fn new(connection: Connection, server: Option<PgConnectOptions>) -> Self {
        Self { reader: Reader { connection, failed: false }, server, undo: Undo::Nothing, queued: false }
    }

    /// Begins a transaction, on a new connection if the old one was lost.
    pub(super) async fn begin(&mut self) -> Result<(), StorageError> {
        let Some(server) = &self.server else { return self.statement("BEGIN IMMEDIATE").await };
        let begun = self.reader.statement(postgres::BEGIN).await;
        self.reader.failed = false;
        match begun {
            Err(StorageError::Unavailable(error)) => {
                tracing::warn!(
                    error = causes(&StorageError::Unavailable(error)),
                    "the connection to the database is lost"
                );
                self.reader.connection = Connection::Postgres(Box::new(postgres::connect(server).await?));
                let begun = self.reader.statement(postgres::BEGIN).await;
                self.reader.failed = false;
                begun
            }
            begun => begun,
        }
    }

    /// Ends it: what was done is on disk.
    pub(super) async fn commit(&mut self) -> Result<(), StorageError> {
        // PostgreSQL would call a rollback a success.
        if self.reader.failed {
            return Err(StorageError::Unavailable(None));
        }
        self.statement("COMMIT").await
    }

    /// Ends it without a trace.
    pub(super) async fn rollback(&mut self) -> Result<(), StorageError> {
        self.statement("ROLLBACK").await?;
        self.reader.failed = false;
        Ok(())
    }

    /// Remembers that webhooks have something to be told.
    pub(super) fn note_queued(&mut self) {
        self.queued = true;
    }

    /// Whether webhooks may have something to be told since this was asked last.
    pub(super) fn take_queued(&mut self) -> bool {
        std::mem::take(&mut self.queued)
    }

    /// Begins a write; `is_alone` when no other shares its transaction.
    pub(super) fn begin_write(&mut self, is_alone: bool) {
        self.undo = if is_alone { Undo::Transaction } else { Undo::Nothing };
    }

    /// Keeps what the write did, or undoes it.
    pub(super) async fn end_write(&mut self, keep: bool) -> Result<Outcome, StorageError> {
        let failed = std::mem::take(&mut self.reader.failed);
        match (self.undo, keep) {
            // What went on after a failure did nothing, and must not be taken for done.
            (_, true) | (Undo::Nothing, false) if failed => return Ok(Outcome::Spoiled),
            (Undo::Nothing, _) | (Undo::Transaction | Undo::Group, true) => {}
            (Undo::Transaction | Undo::Group, false) => return Ok(Outcome::Spoiled),
            (Undo::Savepoint, true) => self.statement("RELEASE job").await?,
            (Undo::Savepoint, false) => self.statement(UNDO).await?,
        }
        Ok(Outcome::Settled)
    }

    /// The connection, for a change.
    pub(super) async fn writing(&mut self) -> Result<Conn<'_>, StorageError> {
        self.prepare_undo().await?;
        Ok(self.reader.conn())
    }

    /// Opens a savepoint, if the write at hand needs one that has none.
    async fn prepare_undo(&mut self) -> Result<(), StorageError> {
        if self.undo == Undo::Nothing {
            self.statement("SAVEPOINT job").await?;
            self.undo = Undo::Savepoint;
        }
        Ok(())
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// Whether a change made now can be undone without a savepoint of its own.
    pub(super) fn is_undoable(&self) -> bool {
        matches!(self.undo, Undo::Transaction | Undo::Savepoint)
    }

    /// Makes a change that costs one trip to the database.
    ///
    /// On SQLite its text, unless [`Tx::is_undoable`], opens the savepoint `job` and releases it. On PostgreSQL it is one statement
    /// that does nothing, where it would conflict, and returns how many rows it has put in.
    pub(super) async fn execute_at_once(&mut self, change: Query<'_>) -> Result<(), StorageError> {
        if self.is_postgres() {
            let written: i64 = change.scalar().fetch_one(self.reader.conn()).await?;
            if written == 0 {
                return Err(StorageError::Conflict);
            }
            if self.undo == Undo::Nothing {
                self.undo = Undo::Group;
            }
            return Ok(());
        }
        let changed = change.execute(self.reader.conn()).await;
        self.released(changed).await.map(drop)
    }

    /// [`Tx::execute_at_once`] for a change that returns values; for PostgreSQL it is a change like any other.
    pub(super) async fn fetch_at_once(&mut self, change: QueryScalar<'_, String>) -> Result<Vec<String>, StorageError> {
        if self.is_postgres() {
            return Ok(change.fetch_all(self.writing().await?).await?);
        }
        let changed = change.fetch_all(self.reader.conn()).await;
        self.released(changed).await
    }

    /// Settles what a change that may have released its own savepoint leaves to undo.
    async fn released<T>(&mut self, changed: Result<T, sqlx::Error>) -> Result<T, StorageError> {
        let has_undo = self.is_undoable();
        let error = match changed {
            Ok(changed) => {
                if !has_undo {
                    self.undo = Undo::Group;
                }
                return Ok(changed);
            }
            Err(error) => error,
        };
        if !has_undo && self.statement(UNDO).await.is_err() {
            // A full disk makes SQLite give up the whole transaction by itself.
            self.undo = Undo::Group;
        }
        Err(error.into())
    }

    async fn statement(&mut self, sql: &'static str) -> Result<(), StorageError> {
        self.reader.statement(sql).await
    }

    pub(super) fn into_connection(self) -> Connection {
        self.reader.connection
    }
}

impl Deref for Tx {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}
