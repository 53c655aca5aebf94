//! Connections to either database: lent by a pool to read from, or the one that writes.

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use super::StorageError;
use super::sql::Conn;

/// Connections that only read.
#[derive(Clone)]
pub enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

pub enum Connection {
    PooledSqlite(PoolConnection<Sqlite>),
    PooledPostgres(PoolConnection<Postgres>),
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Readers {
    pub async fn acquire(&self) -> Result<Connection, StorageError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::PooledSqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::PooledPostgres(pool.acquire().await?),
        })
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Lends the connection for a statement, which notes in `failed` if it fails.
    pub fn lend<'c>(&'c mut self, failed: &'c mut bool) -> Conn<'c> {
        match self {
            Self::PooledSqlite(connection) => Conn::Sqlite(connection),
            Self::PooledPostgres(connection) => Conn::Postgres(connection, failed),
            Self::Sqlite(connection) => Conn::Sqlite(connection),
            Self::Postgres(connection) => Conn::Postgres(connection, failed),
        }
    }

    pub async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::PooledSqlite(_) | Self::PooledPostgres(_) => Ok(()),
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        }
    }
}
