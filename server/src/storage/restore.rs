//! A backup put in the place of a SQLite database that nobody uses.
//!
//! Until the last step, a rename, the database is as it was. Its log goes into it before, because a log that outlives its
//! database would be played into the next one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Timestamp;
use sqlx::error::DatabaseError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::NamedTempFile;

use super::backup::{BackupError, Copied, at, beside, blocking, folder_of, is_known, is_same, messages, put, with_end};
use super::occupancy::Occupancy;
use super::relocation::SET_AT_HOME;
use super::{Checkup, StorageError};

/// What was put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub copied: Copied,
    /// Where the database is that was there before.
    pub kept: Option<PathBuf>,
}

/// A copy of a backup that was looked into and may take the place of the database; nobody else has that meanwhile.
pub struct Restore {
    copy: NamedTempFile,
    messages: u64,
    file: PathBuf,
    is_there: bool,
    _alone: Occupancy,
}

impl Restore {
    /// Copies the backup `from`, without its setting `forgotten`, to become the database in `file`. One that is there already is
    /// replaced only if `replace`.
    /// # Errors
    /// [`BackupError`]; the database is as it was.
    pub async fn begin(from: &Path, file: &Path, replace: bool, forgotten: &str) -> Result<Self, BackupError> {
        let alone = Occupancy::alone(file).map_err(at(file))?;
        let alone = alone.ok_or_else(|| BackupError::InUse(file.to_owned()))?;
        let is_there = file.try_exists().map_err(at(file))?;
        if is_same(from, file) {
            return Err(BackupError::Itself(from.to_owned()));
        }
        if is_there && !replace {
            return Err(BackupError::Exists(file.to_owned()));
        }
        if with_end(from, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
            return Err(BackupError::Unfinished(from.to_owned()));
        }
        let mut copy = beside(file)?;
        let (source, place) = (from.to_owned(), file.to_owned());
        let copy = blocking(from, move || {
            std::io::copy(&mut File::open(source)?, copy.as_file_mut())?;
            if let Ok(old) = place.metadata() {
                copy.as_file().set_permissions(old.permissions())?;
            }
            Ok(copy)
        })
        .await?;
        let messages = examine(copy.path(), from, forgotten).await?;
        Ok(Self { copy, messages, file: file.to_owned(), is_there, _alone: alone })
    }

    /// A look into the copy.
    /// # Errors
    /// When it can't be read.
    pub async fn checkup(&self) -> Result<Checkup, StorageError> {
        Checkup::of_copy(self.copy.path()).await
    }

    /// Puts the copy in the place of the database. One that is there is kept beside under a name with `at_time`.
    /// # Errors
    /// [`BackupError`]; the database is as it was.
    pub async fn finish(self, at_time: Timestamp) -> Result<Restored, BackupError> {
        let Self { copy, messages, file, is_there, _alone } = self;
        let kept = if is_there { Some(set_aside(&file, at_time).await?) } else { None };
        let place = file.clone();
        blocking(&file, move || {
            for end in ["-wal", "-shm"] {
                remove(&with_end(&place, end))?;
            }
            File::open(folder_of(&place))?.sync_all()
        })
        .await?;
        let bytes = put(copy, &file, is_there).await?;
        Ok(Restored { copied: Copied { bytes, messages }, kept })
    }
}

/// Checks the copy of `from` and takes the setting `forgotten` out of it; gives how many messages it has.
async fn examine(copy: &Path, from: &Path, forgotten: &str) -> Result<u64, BackupError> {
    let unreadable = |source| BackupError::Unreadable { file: from.to_owned(), source };
    let options = SqliteConnectOptions::new()
        .filename(copy)
        // One file, whole in itself.
        .journal_mode(SqliteJournalMode::Delete)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(unreadable)?;
    let findings: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await.map_err(unreadable)?;
    if let Some(finding) = findings.into_iter().find(|finding| finding != "ok") {
        return Err(BackupError::Damaged { file: from.to_owned(), finding: finding.replace('\n', " ") });
    }
    let tables: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'settings', 'messages')",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(unreadable)?;
    if tables < 3 {
        return Err(BackupError::Foreign(from.to_owned()));
    }
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations")
        .fetch_all(&mut connection)
        .await
        .map_err(unreadable)?;
    is_known(&applied, from)?;
    sqlx::query("DELETE FROM settings WHERE name = $1")
        .bind(forgotten)
        .execute(&mut connection)
        .await
        .map_err(unreadable)?;
    sqlx::query(SET_AT_HOME).execute(&mut connection).await.map_err(unreadable)?;
    let messages =
        messages(&mut connection).await.map_err(|source| BackupError::Database { file: from.to_owned(), source })?;
    connection.close().await.map_err(unreadable)?;
    Ok(messages)
}

/// Gives the database in `file`, with all that is in its log, a second name; gives that name.
async fn set_aside(file: &Path, at_time: Timestamp) -> Result<PathBuf, BackupError> {
    match take_log_in(file).await {
        Err(error) if is_busy(&error) => return Err(BackupError::InUse(file.to_owned())),
        // Perhaps it is damaged, and that is why a backup takes its place: then its log is kept as it is.
        Ok(()) | Err(_) => {}
    }
    let time: String = at_time.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let kept = with_end(file, &format!(".before-restore-{time}"));
    let (place, second) = (file.to_owned(), kept.clone());
    blocking(&kept, move || {
        // Not every file system knows a second name.
        if std::fs::hard_link(&place, &second).is_err() {
            std::fs::copy(&place, &second)?;
            File::open(&second)?.sync_all()?;
        }
        let log = with_end(&place, "-wal");
        if log.metadata().is_ok_and(|log| log.len() > 0) {
            std::fs::rename(log, with_end(&second, "-wal"))?;
        }
        Ok(())
    })
    .await?;
    Ok(kept)
}

/// Moves what is in the log into the database. Busy when any other program has it open.
async fn take_log_in(file: &Path) -> sqlx::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(Duration::from_secs(1))
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    for sql in ["BEGIN EXCLUSIVE", "COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        sqlx::query(sql).execute(&mut connection).await?;
    }
    connection.close().await
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code).and_then(|code| code.parse::<u32>().ok());
    matches!(code.map(|code| code & 0xff), Some(5 | 6))
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
