//! `parlor migrate-to`: from SQLite to PostgreSQL, most of it while a server runs.

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::start_logging;
use crate::ATTACHMENT_SECRET;
use crate::config::{Config, DatabaseUrl};
use crate::storage::{Database, Moved, Pass, Relocation};

#[derive(Debug, Args)]
pub struct MigrateToCommand {
    /// Where to: an empty PostgreSQL database, such as `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(env = "PARLOR_MIGRATE_TO", hide_env_values = true, value_name = "URL")]
    to: DatabaseUrl,
    /// Copy what is left and make the switch; every server must be stopped
    #[arg(long)]
    finish: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: Config,
}

impl MigrateToCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { to, finish, json: as_json, config } = self;
        start_logging(&config)?;
        let Database::Postgres(url) = &to.0 else { bail!("the database to move to should be postgres://…") };
        let Database::Sqlite(file) = config.database() else {
            bail!("the database of --database-url is PostgreSQL already; unset it, so that SQLite is moved");
        };
        let mut relocation = Relocation::begin(&file, ATTACHMENT_SECRET, url, finish).await?;
        let mut sum = Pass::default();
        let mut tables = serde_json::Map::new();
        for table in relocation.tables() {
            let Pass { rows, copied, removed, .. } = relocation.copy(&table).await?;
            sum.rows += rows;
            sum.copied += copied;
            sum.removed += removed;
            if !as_json {
                println!("{table:<26} {rows:>10} rows, {copied} copied, {removed} removed");
            }
            tables.insert(table, json!({ "rows": rows, "copied": copied, "removed": removed }));
        }
        let moved = if finish { Some(relocation.finish().await?) } else { None };
        if as_json {
            let mut facts = json!({
                "rows": sum.rows, "copied": sum.copied, "removed": sum.removed, "tables": tables, "finished": finish
            });
            if let Some(moved) = moved {
                facts["conversations"] = json!(moved.conversations);
                facts["messages"] = json!(moved.messages);
                facts["withGaps"] = json!(moved.with_gaps);
            }
            println!("{facts}");
        } else {
            println!("\n{}", moved.map_or_else(|| what_next(&config), |moved| what_now(&config, moved)));
        }
        Ok(())
    }
}

/// After a pass beside a server.
fn what_next(config: &Config) -> String {
    format!(
        "Copied while it may have been written to. Do this again for what was said since, as often as you like. To switch, stop
every server on {} and do it once more with --finish.",
        config.database()
    )
}

/// After the last one.
fn what_now(config: &Config, Moved { conversations, messages, with_gaps }: Moved) -> String {
    let files = match config.store_folder() {
        Some(folder) => {
            format!("Attachments stay in {}: keep that, or copy it to a store for several nodes.", folder.display())
        }
        None => "Attachments stay where they are.".to_owned(),
    };
    let gaps = if with_gaps == 0 {
        "the numbers in every conversation are without gaps".to_owned()
    } else {
        format!("{with_gaps} conversations have gaps in their numbers, as they had before")
    };
    format!(
        "Moved: {conversations} conversations with {messages} messages; every row is the same, {gaps}.
Start parlor serve with --database-url and the URL that you gave here, all else as before. {files}
{} is not served from any more.",
        config.database()
    )
}
