//! PostgreSQL: the same store, for any number of nodes.
//!
//! Use cases read, decide and write as if they were alone, as on SQLite; so one group of writes is under way at a time, of
//! whichever node: each transaction begins by taking the same lock. Groups keep that cheap, because under load every commit
//! carries many writes.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, PgConnection};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::connection::{Connection, Readers};
use super::open::OpenError;
use super::relocation::is_marked;
use super::writer::Writer;
use super::{Storage, StorageError, Tx};

pub static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Begins a transaction once no other node has one.
pub const BEGIN: &str = "BEGIN; SELECT pg_advisory_xact_lock(5783424619)";

/// Whatever is asked here goes by an index: values teach the planner nothing, planning anew costs more than doing, and the
/// plans that it would make while the tables are small do not last.
const BY_KEYS: [(&str, &str); 5] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

const READERS: u32 = 8;
const RESTED: Duration = Duration::from_secs(1);
/// Texts of SQL in the program are fewer: each is planned once a connection.
const STATEMENTS: usize = 500;
/// After which a connection is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database at `url` and migrates it to the newest schema.
pub async fn open(url: &str) -> Result<Storage, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(StorageError::from)?;
    let options = options
        .application_name("parlor")
        .statement_cache_capacity(STATEMENTS)
        // A node that hangs must not keep the others from writing, nor wait for ever for one that does.
        .options([
            // The migrator remarks that its table is there already.
            ("client_min_messages", "warning"),
            ("lock_timeout", "5s"),
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ])
        .disable_statement_logging();
    let mut writing = connect(&options).await?;
    if is_marked(&mut writing).await.map_err(StorageError::from)? {
        return Err(OpenError::Unfinished);
    }
    // Changes of schema wait for each other by a lock of the migrator's own, for as long as it takes.
    sqlx::raw_sql("SET lock_timeout = 0; SET statement_timeout = 0")
        .execute(&mut writing)
        .await
        .map_err(StorageError::from)?;
    MIGRATIONS.run(&mut writing).await?;
    let _closed = writing.close().await;
    let options = options.options(BY_KEYS);
    let writing = connect(&options).await?;
    let readers = PgPoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        // One that has rested may be lost by now; among busy ones, asking would cost every read a trip.
        .before_acquire(|connection, about| {
            Box::pin(async move { Ok(about.idle_for < RESTED || connection.ping().await.is_ok()) })
        })
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.clone());
    let writer = Writer::start(Tx::new(Connection::Postgres(Box::new(writing)), Some(options.clone())));
    Ok(Storage { readers: Readers::Postgres(readers), writer, server: Some(options), _occupancy: None })
}

/// Among nodes: one that hears of no other holds it alone, the others share it.
const ALONE: &str = "SELECT pg_try_advisory_lock(5783424620)";
const AMONG_OTHERS: &str = "SELECT pg_try_advisory_lock_shared(5783424620)";
const HELD: &str = "SELECT 1";

/// How often a node looks whether it still holds its place.
const LOOK: Duration = Duration::from_secs(5);

/// A node's place in a database that many may share; given up when dropped. On SQLite there is nothing to give up.
#[derive(Default)]
pub struct Place {
    _keeper: Option<DropGuard>,
}

/// Takes the place of a node, alone or among others; `None` when that is not to be had.
pub async fn take_place(options: &PgConnectOptions, is_alone: bool) -> Result<Option<Place>, StorageError> {
    let mut connection = connect(options).await?;
    if !lock(&mut connection, is_alone).await? {
        return Ok(None);
    }
    let given_up = CancellationToken::new();
    tokio::spawn(keep_place(options.clone(), connection, is_alone, given_up.clone()));
    Ok(Some(Place { _keeper: Some(given_up.drop_guard()) }))
}

/// The lock belongs to the connection: with a new connection it is taken anew.
async fn keep_place(options: PgConnectOptions, connection: PgConnection, is_alone: bool, given_up: CancellationToken) {
    let mut held = Some(connection);
    let mut is_warned = false;
    while given_up.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        held = match held {
            Some(mut connection) => sqlx::query(HELD).execute(&mut connection).await.is_ok().then_some(connection),
            None => None,
        };
        if held.is_none()
            && let Ok(mut connection) = connect(&options).await
        {
            match lock(&mut connection, is_alone).await {
                Ok(true) => (held, is_warned) = (Some(connection), false),
                Ok(false) if !is_warned => {
                    tracing::error!("another node has begun to use this database: give both --nats-url, or stop one");
                    is_warned = true;
                }
                Ok(false) | Err(_) => {}
            }
        }
    }
}

async fn lock(connection: &mut PgConnection, is_alone: bool) -> Result<bool, StorageError> {
    let sql = if is_alone { ALONE } else { AMONG_OTHERS };
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

/// A new connection, unless that takes too long.
pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StorageError> {
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(StorageError::Unavailable(Some(sqlx::Error::PoolTimedOut))),
    }
}
