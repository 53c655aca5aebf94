//! What can go wrong in the database, as far as a caller would treat it differently.

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Something unique is taken.
    #[error("conflict with what is stored")]
    Conflict,
    /// A stored value that no version of this program writes.
    #[error("unreadable value in {table}.{column}")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Full disk, lost file, too long a wait: another try may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] Option<sqlx::Error>),
    /// Anything else that the driver says: a fault of this program.
    #[error("the database refused a statement")]
    Driver(#[source] sqlx::Error),
}

use sqlx::postgres::PgDatabaseError;

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Conflict,
            sqlx::Error::Database(database) if database.try_downcast_ref::<PgDatabaseError>().is_some() => {
                if database.code().is_some_and(|state| is_passing(&state)) {
                    Self::Unavailable(Some(error))
                } else {
                    Self::Driver(error)
                }
            }
            sqlx::Error::Database(database) => {
                // Extended codes carry the primary one in their low byte: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
                let code = database.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
                if matches!(code, Some(5 | 6 | 8 | 10 | 13 | 14)) {
                    Self::Unavailable(Some(error))
                } else {
                    Self::Driver(error)
                }
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(Some(error))
            }
            _ => Self::Driver(error),
        }
    }
}

/// Whether PostgreSQL may take the statement another time: no connection, a conflict between transactions, no room, a server that
/// goes down or only reads, somebody who waited too long.
fn is_passing(state: &str) -> bool {
    ["08", "40", "53", "57", "58"].iter().any(|class| state.starts_with(class))
        || matches!(state, "25006" | "25P02" | "25P03" | "55P03")
}
