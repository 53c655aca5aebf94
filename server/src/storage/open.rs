//! Opening a database, either of the two.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::{Storage, StorageError, postgres, sqlite};

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file on this machine, made if missing.
    Sqlite(PathBuf),
    /// The URL of a server and a database on it, which may be used by any number of nodes.
    Postgres(String),
}

/// Without a password, for people to read.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => file.display().fmt(f),
            Self::Postgres(url) => {
                let url = url.parse::<Url>().ok();
                let host = url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
                write!(f, "{} at {host}", url.as_ref().map_or("", |url| url.path().trim_start_matches('/')))
            }
        }
    }
}

/// Why a database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the SQLite in this program is {found}, which can corrupt its write-ahead log; 3.51.3 or newer is needed")]
    Unsound { found: String },
    #[error("cannot lock the data folder")]
    Lock(#[source] std::io::Error),
    #[error("a backup is being put in its place; try again when that is done")]
    Restoring,
    #[error(
        "its contents have moved to PostgreSQL: serve from there with --database-url; a backup that is restored makes it good again"
    )]
    Moved,
    #[error("the move to it is not finished: stop every server and call parlor migrate-to --finish")]
    Unfinished,
    #[error("cannot bring the database to the newest schema")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Storage {
    /// Opens the database and migrates it to the newest schema.
    /// # Errors
    /// [`OpenError`]; nothing was changed unless a migration had begun.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Sqlite(file) => sqlite::open(file).await,
            Database::Postgres(url) => postgres::open(url).await,
        }
    }
}
