//! Where the servers under test keep their data.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::parlor::{Visitor, sentence};

#[derive(Clone, Debug)]
pub enum Store {
    Sqlite,
    /// Databases on the server with this URL, which names none.
    Postgres(String),
}

impl Store {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// A new database, for the server whose data folder is `folder`.
    pub async fn make(&self, folder: &Path) -> Result<Database> {
        match self {
            Self::Sqlite => Ok(Database::Sqlite(format!("sqlite://{}", folder.join("parlor.db").display()))),
            Self::Postgres(server) => {
                static MADE: AtomicU32 = AtomicU32::new(0);
                let name = format!("bench_{}", MADE.fetch_add(1, Ordering::Relaxed));
                let mut connection = PgConnection::connect(&format!("{server}/postgres")).await?;
                sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
                Ok(Database::Postgres(format!("{server}/{name}")))
            }
        }
    }
}

/// The database of one installation, by its URL.
pub enum Database {
    Sqlite(String),
    Postgres(String),
}

/// Messages $2 to $3 of conversation $1, a minute apart, with $4 around their number as the text.
const MESSAGES: &str = "INSERT INTO messages
        (conversation_id, seq, id, received, author_type, user_id, author, content, source, sent_as)
    SELECT $1, seq, ID, 1767225600000 + seq * 60000, 'business', NULL, '{\"displayName\":\"Ann\"}',
        '{\"type\":\"text\",\"text\":\"' || replace($4, '{}', CAST(seq AS TEXT)) || '\"}', '{\"type\":\"api:conversations\"}', NULL
    FROM NUMBERS";
const LOG: &str = "INSERT INTO log (conversation_id, seq, kind, at, user_id)
    SELECT $1, seq, 'message', 1767225600000 + seq * 60000, NULL FROM NUMBERS";
const COUNT: &str = "UPDATE conversations SET seq = $2, message_count = $2 WHERE id = $1";

impl Database {
    /// The flag that tells a server to use it; none where that goes without saying.
    pub fn flags(&self) -> Vec<String> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(url) => vec![format!("--database-url={url}")],
        }
    }

    /// Fills the conversation of `visitor` up to `total` messages: a million posts would take too long.
    pub async fn fill(&self, visitor: &Visitor, total: i64) -> Result<()> {
        let text = sentence("{}");
        let (conversation, first) = (visitor.conversation.as_str(), 2_i64);
        match self {
            Self::Sqlite(url) => {
                let numbers = "(WITH RECURSIVE n (seq) AS (SELECT $2 UNION ALL SELECT seq + 1 FROM n WHERE seq < $3) SELECT seq FROM n)";
                let id = "printf('%024x', seq + abs(random() % 1000000000) * 16777216)";
                let sql =
                    |text: &str| AssertSqlSafe(text.replace("NUMBERS", numbers).replace("ID,", &format!("{id},")));
                let mut connection = SqliteConnection::connect(url).await?;
                sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut connection).await?;
                let mut transaction = connection.begin().await?;
                let messages = sqlx::query(sql(MESSAGES)).bind(conversation).bind(first).bind(total).bind(text);
                messages.execute(&mut *transaction).await?;
                sqlx::query(sql(LOG)).bind(conversation).bind(first).bind(total).execute(&mut *transaction).await?;
                sqlx::query(COUNT).bind(conversation).bind(total).execute(&mut *transaction).await?;
                transaction.commit().await?;
            }
            Self::Postgres(url) => {
                let numbers = "generate_series($2::bigint, $3::bigint) AS numbers (seq)";
                let id = "lpad(to_hex(seq + (random() * 1000000000)::bigint * 16777216), 24, '0')";
                let sql =
                    |text: &str| AssertSqlSafe(text.replace("NUMBERS", numbers).replace("ID,", &format!("{id},")));
                let mut connection = PgConnection::connect(url).await?;
                let mut transaction = connection.begin().await?;
                let messages = sqlx::query(sql(MESSAGES)).bind(conversation).bind(first).bind(total).bind(text);
                messages.execute(&mut *transaction).await?;
                sqlx::query(sql(LOG)).bind(conversation).bind(first).bind(total).execute(&mut *transaction).await?;
                sqlx::query(COUNT).bind(conversation).bind(total).execute(&mut *transaction).await?;
                transaction.commit().await?;
                // As autovacuum would have, some time later.
                sqlx::raw_sql("VACUUM (ANALYZE) messages, log, conversations").execute(&mut connection).await?;
            }
        }
        Ok(())
    }
}
