//! A SQLite database moved to PostgreSQL, most of it while a server goes on writing.
//!
//! Any number of passes copy what differs, table by table and by key; each compares what is there with what should be there, so
//! it needs no notes of how far the last one came. The last pass has the source alone and goes on until it finds no difference
//! at all. Then the target is whole, and the source says that it has moved: of two databases that go on from the same numbers,
//! one would be lying to those who listen.

mod cell;
mod chunk;
mod table;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use self::chunk::Course;
use self::table::Table;
pub use self::target::is_marked;
use super::checkup::{Checkup, Schema};
use super::occupancy::Occupancy;
use super::postgres::Place;
use super::{StorageError, postgres};

/// Marks a database whose contents have moved …
const SET_MOVED: &str = "PRAGMA user_version = 1";
/// … and one that a backup of it was put in the place of.
pub const SET_AT_HOME: &str = "PRAGMA user_version = 0";

/// After so many passes over a table that nobody writes to, no row stands in another's place any more.
const PASSES: u32 = 4;

/// Whether the contents of a SQLite database have moved.
pub async fn has_moved(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
    Ok(version != 0)
}

/// Why nothing was moved, or not all.
#[derive(Debug, thiserror::Error)]
pub enum RelocationError {
    #[error("there is no database {}; name its folder with --data-dir", .0.display())]
    Missing(PathBuf),
    #[error("{} is in use; stop every server on it, then finish", .0.display())]
    InUse(PathBuf),
    #[error("a backup is being put in the place of {}; try again when that is done", .0.display())]
    Restoring(PathBuf),
    #[error("the schema of {} is not the one of this program; serve it with this version once", .0.display())]
    Schema(PathBuf),
    #[error("a server uses the database to move to, or another move is under way")]
    Taken,
    #[error("the database to move to has rows in {0} already; name an empty one")]
    Filled(String),
    #[error("the database to move to is being filled from another database; name an empty one")]
    Other,
    #[error("the database to move to was begun by another version of Parlor; name an empty one")]
    OtherSchema,
    #[error("the database to move to keeps texts as {0}; make one with ENCODING 'UTF8'")]
    Encoding(String),
    #[error("the table {table} is another in the database to move to: {what}")]
    Differs { table: String, what: String },
    #[error("the table {0} differs still, although nobody writes to it")]
    Unsettled(String),
    #[error("cannot make the tables")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("cannot read the database to move")]
    Source(#[source] StorageError),
    #[error("the database to move to failed")]
    Target(#[source] StorageError),
    #[error("cannot use the lock beside {}", .file.display())]
    Lock {
        file: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl RelocationError {
    fn source(error: sqlx::Error) -> Self {
        Self::Source(error.into())
    }

    fn target(error: sqlx::Error) -> Self {
        Self::Target(error.into())
    }
}

/// What was done for one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// In the source.
    pub rows: u64,
    /// Into the target: new ones, and those that had changed.
    pub copied: u64,
    /// From the target, because they have gone from the source.
    pub removed: u64,
    differences: u64,
}

/// What the target has in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub conversations: u64,
    pub messages: u64,
    /// Conversations whose log has gaps, there as here; none, if all is well.
    pub with_gaps: u64,
}

/// A move under way.
pub struct Relocation {
    url: String,
    source: SqliteConnection,
    target: PgConnection,
    tables: Vec<Table>,
    is_last: bool,
    /// How many rows a table has that does not differ any more.
    settled: BTreeMap<String, u64>,
    _occupancy: Occupancy,
    _place: Place,
}

impl Relocation {
    /// Prepares a pass from the database in `file`, which is known by its setting `known_by`, to the one at `url`. The last one
    /// needs `file` for itself.
    /// # Errors
    /// [`RelocationError`]; the source is as it was.
    pub async fn begin(file: &Path, known_by: &str, url: &str, is_last: bool) -> Result<Self, RelocationError> {
        if !file.exists() {
            return Err(RelocationError::Missing(file.to_owned()));
        }
        let occupancy = occupy(file, is_last)?;
        let schema = Checkup::of_copy(file).await.map_err(RelocationError::Source)?.schema().await;
        let Schema::Current(schema) = schema.map_err(RelocationError::Source)? else {
            return Err(RelocationError::Schema(file.to_owned()));
        };
        let mut source = open(file, is_last).await?;
        let options = PgConnectOptions::from_str(url).map_err(RelocationError::target)?;
        let options = options
            .application_name("parlor")
            .options([
                ("client_min_messages", "warning"),
                // Nobody has counted new tables yet, and every question here goes by key.
                ("enable_seqscan", "off"),
                ("enable_bitmapscan", "off"),
                ("jit", "off"),
            ])
            .disable_statement_logging();
        let place = postgres::take_place(&options, true).await.map_err(RelocationError::Target)?;
        let place = place.ok_or(RelocationError::Taken)?;
        let mut target = postgres::connect(&options).await.map_err(RelocationError::Target)?;
        let name = name_of(&mut source, known_by).await.map_err(RelocationError::source)?;
        let tables = prepare(&mut source, &name, schema, &mut target).await?;
        Ok(Self {
            url: url.to_owned(),
            source,
            target,
            tables,
            is_last,
            settled: BTreeMap::new(),
            _occupancy: occupancy,
            _place: place,
        })
    }

    /// The names of all tables.
    pub fn tables(&self) -> Vec<String> {
        self.tables.iter().map(|table| table.name.clone()).collect()
    }

    /// Copies what differs in the table `name`; the last time, until nothing differs.
    /// # Errors
    /// [`RelocationError`]; what was copied stays, for the next pass to go on from.
    pub async fn copy(&mut self, name: &str) -> Result<Pass, RelocationError> {
        let Some(table) = self.tables.iter().find(|table| table.name == name) else { return Ok(Pass::default()) };
        let course = Course::new(table);
        let mut sum = course.run(&mut self.source, &mut self.target).await?;
        if !self.is_last {
            return Ok(sum);
        }
        for _ in 1..PASSES {
            if sum.differences == 0 {
                break;
            }
            let again = course.run(&mut self.source, &mut self.target).await?;
            sum = Pass { copied: sum.copied + again.copied, removed: sum.removed + again.removed, ..again };
        }
        if sum.differences > 0 {
            return Err(RelocationError::Unsettled(name.to_owned()));
        }
        self.settled.insert(name.to_owned(), sum.rows);
        Ok(sum)
    }

    /// After the last pass over every table: makes the target a database to serve from, and the source one that has moved.
    /// # Errors
    /// [`RelocationError`]; the last pass is to be repeated.
    pub async fn finish(mut self) -> Result<Moved, RelocationError> {
        for table in &self.tables {
            let count = target::count(table, &mut self.target).await.map_err(RelocationError::target)?;
            if self.settled.get(&table.name).copied() != u64::try_from(count).ok() {
                return Err(RelocationError::Unsettled(table.name.clone()));
            }
        }
        target::put_back(&mut self.target).await.map_err(RelocationError::target)?;
        let gaps = async { Checkup::at(&self.url).await?.gaps().await };
        let with_gaps = gaps.await.map_err(RelocationError::Target)?.count;
        // Between this and the mark, nobody serves from either until the last pass is repeated.
        for sql in [SET_MOVED, "COMMIT"] {
            sqlx::query(sql).execute(&mut self.source).await.map_err(RelocationError::source)?;
        }
        self.source.close().await.map_err(RelocationError::source)?;
        target::unmark(&mut self.target).await.map_err(RelocationError::target)?;
        let count = |name: &str| self.settled.get(name).copied().unwrap_or_default();
        Ok(Moved { conversations: count("conversations"), messages: count("messages"), with_gaps })
    }
}

fn occupy(file: &Path, is_last: bool) -> Result<Occupancy, RelocationError> {
    let taken = if is_last { Occupancy::alone(file) } else { Occupancy::shared(file) };
    let taken = taken.map_err(|source| RelocationError::Lock { file: file.to_owned(), source })?;
    taken.ok_or_else(|| {
        let file = file.to_owned();
        if is_last { RelocationError::InUse(file) } else { RelocationError::Restoring(file) }
    })
}

/// A connection to read from; the last time, one that keeps others from writing until it is closed.
async fn open(file: &Path, is_last: bool) -> Result<SqliteConnection, RelocationError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    if !is_last {
        let options = options.pragma("query_only", "on");
        return SqliteConnection::connect_with(&options).await.map_err(RelocationError::source);
    }
    let mut source = SqliteConnection::connect_with(&options).await.map_err(RelocationError::source)?;
    match sqlx::query("BEGIN IMMEDIATE").execute(&mut source).await.map_err(StorageError::from) {
        Ok(_) => Ok(source),
        Err(StorageError::Unavailable(_)) => Err(RelocationError::InUse(file.to_owned())),
        Err(error) => Err(RelocationError::Source(error)),
    }
}

/// What tells a database from any other, without giving away its secret.
async fn name_of(source: &mut SqliteConnection, known_by: &str) -> sqlx::Result<String> {
    let secret: Option<String> =
        sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(known_by).fetch_optional(source).await?;
    Ok(hex::encode(Sha256::digest(secret.unwrap_or_default())))
}

/// Makes the tables, unless an earlier pass did; gives all of them.
async fn prepare(
    source: &mut SqliteConnection,
    name: &str,
    schema: i64,
    target: &mut PgConnection,
) -> Result<Vec<Table>, RelocationError> {
    let schema = schema.to_string();
    let encoding = target::encoding(target).await.map_err(RelocationError::target)?;
    if encoding != "UTF8" {
        return Err(RelocationError::Encoding(encoding));
    }
    let is_begun = is_marked(target).await.map_err(RelocationError::target)?;
    if is_begun {
        if target::noted("source", target).await.map_err(RelocationError::target)?.as_deref() != Some(name) {
            return Err(RelocationError::Other);
        }
        if target::noted("schema", target).await.map_err(RelocationError::target)? != Some(schema) {
            return Err(RelocationError::OtherSchema);
        }
    } else {
        // Before its schema is touched.
        if target::is_in_use(target).await.map_err(RelocationError::target)? {
            return Err(RelocationError::Filled("settings".to_owned()));
        }
        postgres::MIGRATIONS.run(&mut *target).await?;
        let tables = table::tables(source, target).await?;
        if let Some(table) = target::first_filled(&tables, target).await.map_err(RelocationError::target)? {
            return Err(RelocationError::Filled(table.to_owned()));
        }
        target::mark(name, &schema, target).await.map_err(RelocationError::target)?;
    }
    target::clear_the_way(target).await.map_err(RelocationError::target)?;
    table::tables(source, target).await
}
