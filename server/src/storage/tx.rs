//! A write among others in one transaction, and how to undo it alone.

use std::ops::{Deref, DerefMut};

use sqlx::query::{Query, QueryScalar};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqliteConnection};

use super::{Connection, Reader, StorageError};

/// A transaction: reads like a [`Reader`], and writes.
///
/// A write that shares its transaction works in a savepoint, which is opened by its first change: one that only looks, or whose
/// change is a single text of SQL, does not pay for it.
pub struct Tx {
    reader: Reader,
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
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Self {
            reader: Reader { connection: Connection::Writing(Box::new(connection)) },
            undo: Undo::Nothing,
            queued: false,
        }
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
        match (self.undo, keep) {
            (Undo::Nothing, _) | (Undo::Transaction | Undo::Group, true) => {}
            (Undo::Transaction | Undo::Group, false) => return Ok(Outcome::Spoiled),
            (Undo::Savepoint, true) => self.statement("RELEASE job").await?,
            (Undo::Savepoint, false) => self.statement("ROLLBACK TO job; RELEASE job").await?,
        }
        Ok(Outcome::Settled)
    }

    /// The connection, for a change.
    pub(super) async fn writing(&mut self) -> Result<&mut SqliteConnection, StorageError> {
        if self.undo == Undo::Nothing {
            self.statement("SAVEPOINT job").await?;
            self.undo = Undo::Savepoint;
        }
        Ok(self.reader.conn())
    }

    /// Whether a change made now can be undone without a savepoint of its own.
    pub(super) fn is_undoable(&self) -> bool {
        matches!(self.undo, Undo::Transaction | Undo::Savepoint)
    }

    /// Makes a change that, unless [`Tx::is_undoable`], opens the savepoint `job` and releases it in its own text.
    pub(super) async fn execute_at_once(
        &mut self,
        change: Query<'_, Sqlite, SqliteArguments>,
    ) -> Result<(), StorageError> {
        let changed = change.execute(self.reader.conn()).await;
        self.released(changed).await.map(drop)
    }

    /// [`Tx::execute_at_once`] for a change that returns values.
    pub(super) async fn fetch_at_once(
        &mut self,
        change: QueryScalar<'_, Sqlite, String, SqliteArguments>,
    ) -> Result<Vec<String>, StorageError> {
        let changed = change.fetch_all(self.reader.conn()).await;
        self.released(changed).await
    }

    /// Settles what a change that may have released its own savepoint leaves to undo.
    async fn released<T>(&mut self, changed: Result<T, sqlx::Error>) -> Result<T, StorageError> {
        let error = match changed {
            Ok(changed) => {
                if !self.is_undoable() {
                    self.undo = Undo::Group;
                }
                return Ok(changed);
            }
            Err(error) => error,
        };
        if !self.is_undoable() && self.statement("ROLLBACK TO job; RELEASE job").await.is_err() {
            // A full disk makes SQLite give up the whole transaction by itself.
            self.undo = Undo::Group;
        }
        Err(error.into())
    }

    pub(super) async fn statement(&mut self, sql: &'static str) -> Result<(), StorageError> {
        sqlx::query(sql).execute(self.reader.conn()).await?;
        Ok(())
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
