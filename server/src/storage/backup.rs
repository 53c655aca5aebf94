//! A copy of a SQLite database, made while others use it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::NamedTempFile;

use super::occupancy::Occupancy;
use super::row::Column;
use super::{Checkup, StorageError, sqlite};

/// Why there is no copy, or why a copy was not put in place.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no database {}; name its folder with --data-dir", .0.display())]
    Missing(PathBuf),
    #[error("there is {} already; give --force to replace it", .0.display())]
    Exists(PathBuf),
    #[error("{} is in use; stop every server and program that has it open", .0.display())]
    InUse(PathBuf),
    #[error("a backup is being put in the place of {}; try again when that is done", .0.display())]
    Restoring(PathBuf),
    #[error("{} is the database itself; name a backup of it", .0.display())]
    Itself(PathBuf),
    #[error("{} has a log beside it that is not in it, so it is no backup; make one with parlor backup", .0.display())]
    Unfinished(PathBuf),
    #[error("{} is damaged: {finding}", .file.display())]
    Damaged { file: PathBuf, finding: String },
    #[error("{} can't be read as a database", .file.display())]
    Unreadable {
        file: PathBuf,
        #[source]
        source: sqlx::Error,
    },
    #[error("{} is no database of Parlor", .0.display())]
    Foreign(PathBuf),
    #[error("{} was made by a newer version of Parlor; restore it with that one", .0.display())]
    Newer(PathBuf),
    #[error("the name of {} is no UTF-8, which SQLite needs", .0.display())]
    Name(PathBuf),
    #[error("cannot use {}", .file.display())]
    File {
        file: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot copy the database {}", .file.display())]
    Database {
        file: PathBuf,
        #[source]
        source: StorageError,
    },
}

/// What is in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    pub bytes: u64,
    pub messages: u64,
}

/// A copy of a database as it was at one moment; it has no name yet.
pub struct Backup {
    copy: NamedTempFile,
    messages: u64,
    to: PathBuf,
    replace: bool,
    _shared: Occupancy,
}

impl Backup {
    /// Copies the database in `file`, to become the file `to`. One that is there already is replaced only if `replace`.
    /// # Errors
    /// [`BackupError`]; `to` is as it was.
    pub async fn begin(file: &Path, to: &Path, replace: bool) -> Result<Self, BackupError> {
        let exists = |path: &Path| path.try_exists().map_err(at(path));
        if !exists(file)? {
            return Err(BackupError::Missing(file.to_owned()));
        }
        if !replace && exists(to)? {
            return Err(BackupError::Exists(to.to_owned()));
        }
        if is_same(file, to) {
            return Err(BackupError::Itself(to.to_owned()));
        }
        let shared = Occupancy::shared(file).map_err(at(file))?;
        let shared = shared.ok_or_else(|| BackupError::Restoring(file.to_owned()))?;
        let copy = beside(to)?;
        let name = copy.path().to_str().ok_or_else(|| BackupError::Name(to.to_owned()))?;
        let messages =
            copy_all(file, name).await.map_err(|source| BackupError::Database { file: file.to_owned(), source })?;
        Ok(Self { copy, messages, to: to.to_owned(), replace, _shared: shared })
    }

    /// A look into the copy.
    /// # Errors
    /// When it can't be read.
    pub async fn checkup(&self) -> Result<Checkup, StorageError> {
        Checkup::of_copy(self.copy.path()).await
    }

    /// Gives the copy its name: it is there whole or not at all.
    /// # Errors
    /// [`BackupError`]; what had the name before has it still.
    pub async fn finish(self) -> Result<Copied, BackupError> {
        let bytes = put(self.copy, &self.to, self.replace).await?;
        Ok(Copied { bytes, messages: self.messages })
    }
}

/// Writes a copy into the empty file `to`; gives how many messages it has.
async fn copy_all(file: &Path, to: &str) -> Result<u64, StorageError> {
    let options =
        SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(5)).disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await?;
    connection.close().await?;
    let mut copy = SqliteConnection::connect_with(&options.filename(to)).await?;
    let messages = messages(&mut copy).await;
    copy.close().await?;
    messages
}

/// How many messages a database has.
pub(super) async fn messages(connection: &mut SqliteConnection) -> Result<u64, StorageError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM messages").fetch_one(connection).await?;
    Column("messages", "id").count(count)
}

/// An empty file without a name of its own in the folder of `file`; gone when dropped.
pub(super) fn beside(file: &Path) -> Result<NamedTempFile, BackupError> {
    let folder = folder_of(file);
    tempfile::Builder::new().prefix(".parlor-copy-").tempfile_in(folder).map_err(at(folder))
}

/// Gives `copy` its name once it is on disk, then waits until the name is, too. Gives its size in bytes.
pub(super) async fn put(copy: NamedTempFile, to: &Path, replace: bool) -> Result<u64, BackupError> {
    let place = to.to_owned();
    blocking(to, move || {
        // By its name: the database wrote there by a handle of its own.
        let written = File::open(copy.path())?;
        written.sync_all()?;
        let bytes = written.metadata()?.len();
        if replace { copy.persist(&place) } else { copy.persist_noclobber(&place) }.map_err(|error| error.error)?;
        File::open(folder_of(&place))?.sync_all()?;
        Ok(bytes)
    })
    .await
}

/// Runs what waits for the disk; an error names `file`.
pub(super) async fn blocking<T: Send + 'static>(
    file: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::from).flatten().map_err(at(file))
}

pub(super) fn at(file: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let file = file.to_owned();
    move |source| BackupError::File { file, source }
}

/// The folder that holds `file`.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// `file` with `end` behind its name.
pub(super) fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}

/// Whether both are there and lead to one file.
pub(super) fn is_same(file: &Path, other: &Path) -> bool {
    matches!((file.canonicalize(), other.canonicalize()), (Ok(file), Ok(other)) if file == other)
}

/// Whether a database with these migrations is one that this program can open.
pub(super) fn is_known(applied: &[(i64, Vec<u8>)], file: &Path) -> Result<(), BackupError> {
    let newest = sqlite::MIGRATIONS.iter().map(|migration| migration.version).max();
    if applied.iter().any(|(version, _)| Some(*version) > newest) {
        return Err(BackupError::Newer(file.to_owned()));
    }
    let is_ours = |(version, checksum): &(i64, Vec<u8>)| {
        sqlite::MIGRATIONS.iter().any(|ours| ours.version == *version && *ours.checksum == checksum[..])
    };
    if applied.is_empty() || !applied.iter().all(is_ours) {
        return Err(BackupError::Foreign(file.to_owned()));
    }
    Ok(())
}
