//! A look at a database for whoever operates it. Changes nothing, the schema neither.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use domain::{AppId, AttachmentKey, Timestamp};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::connection::Connection;
use super::occupancy::Occupancy;
use super::open::OpenError;
use super::relocation::{has_moved, is_marked};
use super::row::Column;
use super::sql::Sql;
use super::{Database, Reader, StorageError, postgres, sql, sqlite};

/// A connection to a database as it is, which only reads.
pub struct Checkup {
    reader: Reader,
    is_sqlite: bool,
    _occupancy: Option<Occupancy>,
}

/// How a schema stands to this program's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There are no tables yet.
    None,
    /// The newest, of this number.
    Current(i64),
    /// So many steps are missing, which the next start takes.
    Behind(usize),
    /// A newer program has changed it.
    Ahead,
}

/// Conversations that contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradictions {
    pub count: u64,
    /// The id of one of them; empty when there is none.
    pub first: String,
}

/// An attachment whose bytes should be in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub app: AppId,
    pub key: AttachmentKey,
    /// In bytes.
    pub size: u64,
    /// In bytes; `None` without a thumbnail.
    pub thumbnail_size: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct StoredFileRow {
    app_id: String,
    key: String,
    size: i64,
    thumbnail_size: Option<i64>,
}

impl TryFrom<StoredFileRow> for StoredFile {
    type Error = StorageError;
    fn try_from(row: StoredFileRow) -> Result<Self, StorageError> {
        let column = |name| Column("attachments", name);
        Ok(Self {
            app: column("app_id").parse(&row.app_id)?,
            key: column("key").parse(&row.key)?,
            size: column("size").count(row.size)?,
            thumbnail_size: row.thumbnail_size.map(|size| column("thumbnail_size").count(size)).transpose()?,
        })
    }
}

impl Checkup {
    /// # Errors
    /// When `database` is not there or can't be reached, or is not to be served from.
    pub async fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Sqlite(file) => {
                let occupancy = Occupancy::shared(file).map_err(OpenError::Lock)?.ok_or(OpenError::Restoring)?;
                let mut checkup = Self::of_copy(file).await?;
                if let Connection::Sqlite(connection) = &mut checkup.reader.connection
                    && has_moved(connection).await.map_err(StorageError::from)?
                {
                    return Err(OpenError::Moved);
                }
                Ok(Self { _occupancy: Some(occupancy), ..checkup })
            }
            Database::Postgres(url) => {
                let mut checkup = Self::at(url).await?;
                if let Connection::Postgres(connection) = &mut checkup.reader.connection
                    && is_marked(connection).await.map_err(StorageError::from)?
                {
                    return Err(OpenError::Unfinished);
                }
                Ok(checkup)
            }
        }
    }

    /// Of the PostgreSQL database at `url`.
    pub(super) async fn at(url: &str) -> Result<Self, StorageError> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("parlor")
            .options([("default_transaction_read_only", "on")])
            .disable_statement_logging();
        let connection = Connection::Postgres(Box::new(postgres::connect(&options).await?));
        Ok(Self { reader: Reader { connection, failed: false }, is_sqlite: false, _occupancy: None })
    }

    /// Of a SQLite database in `file` that nobody else knows.
    pub(super) async fn of_copy(file: &Path) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(Duration::from_secs(5))
            .pragma("query_only", "on")
            .disable_statement_logging();
        let connection = Connection::Sqlite(Box::new(SqliteConnection::connect_with(&options).await?));
        Ok(Self { reader: Reader { connection, failed: false }, is_sqlite: true, _occupancy: None })
    }

    /// The version of SQLite or PostgreSQL.
    /// # Errors
    /// When the database can't be asked; as with every question below.
    pub async fn version(&mut self) -> Result<String, StorageError> {
        const SQL: Sql =
            Sql { sqlite: "SELECT sqlite_version()", postgres: "SELECT current_setting('server_version')" };
        Ok(sql::query_scalar(SQL).fetch_one(self.reader.conn()).await?)
    }

    /// What time it is there; `None` where that is this machine's.
    pub async fn time(&mut self) -> Result<Option<Timestamp>, StorageError> {
        const SQL: &str = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        if self.is_sqlite {
            return Ok(None);
        }
        let millis = sql::query_scalar(SQL).fetch_one(self.reader.conn()).await?;
        Ok(Some(Timestamp::from_millis(millis)))
    }

    /// What SQLite finds wrong with its file, up to a hundred findings. PostgreSQL does not say.
    pub async fn damage(&mut self) -> Result<Vec<String>, StorageError> {
        if !self.is_sqlite {
            return Ok(Vec::new());
        }
        let findings: Vec<String> = sql::query_scalar("PRAGMA quick_check").fetch_all(self.reader.conn()).await?;
        Ok(findings.into_iter().filter(|finding| finding != "ok").collect())
    }

    /// Whether there is a table of this name.
    async fn has_table(&mut self, name: &str) -> Result<bool, StorageError> {
        const SQL: Sql = Sql {
            sqlite: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
            postgres: "SELECT count(to_regclass($1))",
        };
        let count: i64 = sql::query_scalar(SQL).bind(name).fetch_one(self.reader.conn()).await?;
        Ok(count > 0)
    }

    /// How the schema stands to this program's own.
    pub async fn schema(&mut self) -> Result<Schema, StorageError> {
        const SQL: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
        if !self.has_table("_sqlx_migrations").await? {
            return Ok(Schema::None);
        }
        let applied: Vec<i64> = sql::query_scalar(SQL).fetch_all(self.reader.conn()).await?;
        let applied = BTreeSet::from_iter(applied);
        let migrations = if self.is_sqlite { &sqlite::MIGRATIONS } else { &postgres::MIGRATIONS };
        let ours: BTreeSet<i64> = migrations.iter().map(|migration| migration.version).collect();
        Ok(match (ours.difference(&applied).count(), ours.last()) {
            _ if !applied.is_subset(&ours) => Schema::Ahead,
            (0, Some(newest)) => Schema::Current(*newest),
            (missing, _) => Schema::Behind(missing),
        })
    }

    /// Which of `names` have no setting.
    pub async fn settings_without(&mut self, names: &[&'static str]) -> Result<Vec<&'static str>, StorageError> {
        let mut missing = Vec::new();
        for name in names {
            if self.reader.setting(name).await?.is_none_or(|value| value.is_empty()) {
                missing.push(*name);
            }
        }
        Ok(missing)
    }

    /// Whether any browser has spoken yet.
    pub async fn has_visitors(&mut self) -> Result<bool, StorageError> {
        let first: Option<String> =
            sql::query_scalar("SELECT id FROM sessions LIMIT 1").fetch_optional(self.reader.conn()).await?;
        Ok(first.is_some())
    }

    /// Rows that refer to what is not there. PostgreSQL lets none in.
    pub async fn orphans(&mut self) -> Result<u64, StorageError> {
        const SQL: Sql =
            Sql { sqlite: "SELECT count(*) FROM pragma_foreign_key_check", postgres: "SELECT CAST(0 AS BIGINT)" };
        let count: i64 = sql::query_scalar(SQL).fetch_one(self.reader.conn()).await?;
        Column("sqlite_schema", "foreign key").count(count)
    }

    /// Conversations whose log is not numbered without gaps from behind its start up to the number that the conversation says.
    pub async fn gaps(&mut self) -> Result<Contradictions, StorageError> {
        const SQL: &str = "SELECT count(*), coalesce(min(c.id), '') FROM conversations c
            LEFT JOIN (SELECT conversation_id, count(*) AS entries, min(seq) AS oldest, max(seq) AS newest
                FROM log GROUP BY conversation_id) l ON l.conversation_id = c.id
            WHERE c.seq - c.log_start <> coalesce(l.entries, 0) OR c.seq <> coalesce(l.newest, c.log_start)
                OR coalesce(l.oldest, c.log_start + 1) <> c.log_start + 1";
        self.contradictions(SQL).await
    }

    /// Conversations that have more or fewer messages than they say.
    pub async fn miscounts(&mut self) -> Result<Contradictions, StorageError> {
        const SQL: &str = "SELECT count(*), coalesce(min(c.id), '') FROM conversations c
            LEFT JOIN (SELECT conversation_id, count(*) AS found FROM messages GROUP BY conversation_id) m
                ON m.conversation_id = c.id
            WHERE c.message_count <> coalesce(m.found, 0)";
        self.contradictions(SQL).await
    }

    async fn contradictions(&mut self, sql: &'static str) -> Result<Contradictions, StorageError> {
        let (count, first): (i64, String) = sql::query_as(sql).fetch_one(self.reader.conn()).await?;
        Ok(Contradictions { count: Column("conversations", "seq").count(count)?, first })
    }

    /// Attachments whose bytes should be in the store: up to `limit`, newest first.
    pub async fn newest_attachments(&mut self, limit: u32) -> Result<Vec<StoredFile>, StorageError> {
        const SQL: &str = "SELECT app_id, key, size, thumbnail_size FROM attachments
            WHERE stored_at IS NOT NULL AND deleted_at IS NULL ORDER BY created_at DESC LIMIT $1";
        let rows: Vec<StoredFileRow> = sql::query_as(SQL).bind(i64::from(limit)).fetch_all(self.reader.conn()).await?;
        rows.into_iter().map(StoredFile::try_from).collect()
    }

    /// All of them, by key from after `after`, up to `limit`. None where the schema is older than attachments.
    pub async fn attachments_after(
        &mut self,
        after: Option<&AttachmentKey>,
        limit: u32,
    ) -> Result<Vec<StoredFile>, StorageError> {
        const SQL: &str = "SELECT app_id, key, size, thumbnail_size FROM attachments
            WHERE key > $1 AND stored_at IS NOT NULL AND deleted_at IS NULL ORDER BY key LIMIT $2";
        if !self.has_table("attachments").await? {
            return Ok(Vec::new());
        }
        let after = after.map_or("", AttachmentKey::as_str);
        let query = sql::query_as(SQL).bind(after).bind(i64::from(limit));
        let rows: Vec<StoredFileRow> = query.fetch_all(self.reader.conn()).await?;
        rows.into_iter().map(StoredFile::try_from).collect()
    }

    /// How many deliveries to webhooks wait, and how many were given up and not repeated since.
    pub async fn deliveries(&mut self) -> Result<(u64, u64), StorageError> {
        const FAILED: &str = "SELECT count(*) FROM webhook_deliveries
            WHERE webhook_id IN (SELECT id FROM webhooks) AND state = 'failed' AND NOT replayed";
        let pending = self.reader.pending_deliveries().await?;
        let failed: i64 = sql::query_scalar(FAILED).fetch_one(self.reader.conn()).await?;
        Ok((pending.into(), Column("webhook_deliveries", "state").count(failed)?))
    }
}
