//! The database under a server: SQLite in the server's folder, or one of its own on the PostgreSQL that
//! `PARLOR_TEST_POSTGRES` names.

use std::path::{Path, PathBuf};

use sqlx::error::DatabaseError;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

/// A database as the server's neighbours see it.
#[derive(Debug, Clone)]
pub enum TestDatabase {
    Sqlite(PathBuf),
    Postgres(String),
}

enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl TestDatabase {
    /// That of the server with its data in `folder`, whether or not there is one yet.
    pub fn of(folder: &Path) -> Self {
        match postgres() {
            None => Self::Sqlite(folder.join("parlor.db")),
            Some(server) => {
                let name = folder.file_name().unwrap().to_str().unwrap().trim_start_matches('.').to_lowercase();
                Self::Postgres(format!("{server}/parlor_{name}"))
            }
        }
    }

    /// What tells a server to use it; makes it where that is not the server's job.
    pub async fn url(&self) -> Option<String> {
        let Self::Postgres(url) = self else { return None };
        let (server, name) = url.rsplit_once('/').unwrap();
        let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if !exists {
            let made =
                sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).execute(&mut connection).await;
            // Two may begin at once.
            let is_there =
                |error: &sqlx::Error| error.as_database_error().is_some_and(DatabaseError::is_unique_violation);
            assert!(made.is_ok() || made.as_ref().is_err_and(is_there), "{made:?}");
        }
        Some(url.clone())
    }

    /// A number that the database knows.
    pub async fn number(&self, sql: &str) -> i64 {
        match self.connect().await {
            Connection::Sqlite(mut it) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut it).await.unwrap(),
            // A sum is of a type of its own there.
            Connection::Postgres(mut it) => {
                let sql = AssertSqlSafe(format!("SELECT CAST(({sql}) AS BIGINT)"));
                sqlx::query_scalar(sql).fetch_one(&mut it).await.unwrap()
            }
        }
    }

    /// Changes the database behind the server's back.
    pub async fn execute(&self, sql: &str) {
        match self.connect().await {
            Connection::Sqlite(mut it) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut it).await.unwrap();
            }
            Connection::Postgres(mut it) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut it).await.unwrap();
            }
        }
    }

    /// The file, for a story about files.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(file) => Some(file),
            Self::Postgres(_) => None,
        }
    }

    async fn connect(&self) -> Connection {
        match self {
            Self::Sqlite(file) => {
                let url = format!("sqlite://{}", file.display());
                Connection::Sqlite(SqliteConnection::connect(&url).await.unwrap())
            }
            Self::Postgres(url) => Connection::Postgres(PgConnection::connect(url).await.unwrap()),
        }
    }
}

/// The server that the stories are to run on; `None`: each has SQLite.
pub fn postgres() -> Option<String> {
    std::env::var("PARLOR_TEST_POSTGRES").ok()
}
