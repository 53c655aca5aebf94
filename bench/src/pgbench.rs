//! What PostgreSQL's own load does on the same server: a transaction of three statements as a message takes them.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::LOAD_CORE;
use crate::store::{Database, Store};

const TABLES: &str = "
    CREATE TABLE counters (room INTEGER PRIMARY KEY, seq BIGINT NOT NULL);
    CREATE TABLE messages (room INTEGER NOT NULL, seq BIGINT NOT NULL, id UUID NOT NULL UNIQUE, body TEXT NOT NULL,
        PRIMARY KEY (room, seq));
    CREATE TABLE log (room INTEGER NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (room, seq));
    INSERT INTO counters SELECT room, 0 FROM generate_series(0, 63) AS rooms (room);";

/// Every client in a room of its own, as the senders are: nobody waits for a row.
const SCRIPT: &str = "BEGIN;
UPDATE counters SET seq = seq + 1 WHERE room = :client_id RETURNING seq \\gset
INSERT INTO messages VALUES (:client_id, :seq, gen_random_uuid(), 'Your parcel left our warehouse this morning and should be with you by Thursday.');
INSERT INTO log VALUES (:client_id, :seq, 'message');
COMMIT;
";

pub struct Pgbench {
    url: String,
    clients: usize,
    folder: TempDir,
}

impl Pgbench {
    /// With a new database on `server`, for so many clients at once.
    pub async fn make(server: &str, clients: usize) -> Result<Self> {
        let folder = TempDir::new()?;
        tokio::fs::write(folder.path().join("send.sql"), SCRIPT).await?;
        let Database::Postgres(url) = Store::Postgres(server.to_owned()).make(folder.path()).await? else {
            anyhow::bail!("a database on PostgreSQL")
        };
        sqlx::raw_sql(TABLES).execute(&mut PgConnection::connect(&url).await?).await?;
        Ok(Self { url, clients, folder })
    }

    pub async fn transactions_per_second(&self, duration: Duration) -> Result<f64> {
        let clients = self.clients.to_string();
        let output = Command::new("taskset")
            .args(["-c", LOAD_CORE, "pgbench", "--no-vacuum", "--protocol=prepared"])
            .args(["--client", &clients, "--time", &duration.as_secs().to_string(), "--file"])
            .arg(self.folder.path().join("send.sql"))
            .arg(&self.url)
            .output()
            .await
            .context("pgbench runs; it comes with PostgreSQL")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        let line = printed.lines().find_map(|line| line.strip_prefix("tps = ")).context("a line with tps")?;
        Ok(line.split_whitespace().next().context("a number")?.parse()?)
    }
}
