//! SQLite: the right version, the right settings, the newest schema, and a log that stays short.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, SqliteConnection};
use tokio::sync::watch;

use super::connection::{Connection, Readers};
use super::occupancy::Occupancy;
use super::open::OpenError;
use super::relocation::has_moved;
use super::writer::Writer;
use super::{Storage, StorageError, Tx};
use crate::telemetry::causes;

pub static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The first SQLite whose WAL can't be corrupted by a reset that races a writer.
const OLDEST_SOUND_SQLITE: [u32; 3] = [3, 51, 3];
const READERS: u32 = 4;

/// How often what was written moves from the log into the database, beside the writer rather than in its way …
const CHECKPOINT: Duration = Duration::from_millis(500);
/// … and how long the log may grow before the writer does it itself, because only then can the log start over under load.
/// Mostly it has little left to do.
const AUTOCHECKPOINT_PAGES: &str = "8000";

/// Opens (or makes) the database in `file` and migrates it to the newest schema.
pub async fn open(file: &Path) -> Result<Storage, OpenError> {
    let occupancy = Occupancy::shared(file).map_err(OpenError::Lock)?.ok_or(OpenError::Restoring)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("wal_autocheckpoint", AUTOCHECKPOINT_PAGES)
        .disable_statement_logging();
    // What it takes to undo one write of a group are the pages that it touches, as they were: else they go to a temporary file,
    // which costs more than the log itself.
    let writing = options.clone().pragma("temp_store", "memory");
    let mut writing = SqliteConnection::connect_with(&writing).await.map_err(StorageError::from)?;
    let version: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut writing).await.map_err(StorageError::from)?;
    if !is_sound(&version) {
        return Err(OpenError::Unsound { found: version });
    }
    if has_moved(&mut writing).await.map_err(StorageError::from)? {
        return Err(OpenError::Moved);
    }
    migrate(file, &mut writing).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with(options.clone().create_if_missing(false).read_only(true));
    let checkpoint_from = SqliteConnection::connect_with(&options).await.map_err(StorageError::from)?;
    let writer = Writer::start(Tx::new(Connection::Sqlite(Box::new(writing)), None));
    tokio::spawn(keep_short(checkpoint_from, writer.commits()));
    Ok(Storage { readers: Readers::Sqlite(readers), writer, server: None, _occupancy: Some(Arc::new(occupancy)) })
}

/// Checkpoints whenever something was committed since the last time, for as long as there is a writer.
async fn keep_short(mut connection: SqliteConnection, mut commits: watch::Receiver<()>) {
    while commits.changed().await.is_ok() {
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await {
            tracing::warn!(error = causes(&error), "a checkpoint failed; the next may not");
        }
        tokio::time::sleep(CHECKPOINT).await;
    }
    let _closed = connection.close().await;
}

/// Brings the schema up to date, one process at a time: the migrator itself takes no lock on SQLite.
async fn migrate(file: &Path, writing: &mut SqliteConnection) -> Result<(), OpenError> {
    let path = file.with_extension("lock");
    let locked = tokio::task::spawn_blocking(move || {
        let lock = File::create(path)?;
        lock.lock()?;
        Ok::<File, std::io::Error>(lock)
    });
    let _lock = locked.await.map_err(std::io::Error::from).flatten().map_err(OpenError::Lock)?;
    Ok(MIGRATIONS.run(writing).await?)
}

fn is_sound(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let version: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    version >= OLDEST_SOUND_SQLITE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_with_the_wal_reset_fault_is_refused() {
        for sound in ["3.51.3", "3.52.0", "4.0.0"] {
            assert!(is_sound(sound), "{sound}");
        }
        for unsound in ["3.46.0", "3.51.2", "3.7.17", ""] {
            assert!(!is_sound(unsound), "{unsound}");
        }
    }
}
