//! A write among others in one transaction, and how to undo it alone.

use std::ops::{Deref, DerefMut};

use sqlx::query::Query;
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
        Self { reader: Reader { connection: Connection::Writing(Box::new(connection)) }, undo: Undo::Nothing }
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
        let Err(error) = change.execute(self.reader.conn()).await else {
            if !self.is_undoable() {
                self.undo = Undo::Group;
            }
            return Ok(());
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
