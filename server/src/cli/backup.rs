//! `parlor backup` and `parlor restore`: a SQLite database and the attachments in it copied beside each other, and put back.
//!
//! Attachments go before the database that names them, both ways: at any moment, whatever database is in place has its files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use domain::AttachmentKey;
use serde_json::{Value, json};

use super::{print, start_logging};
use crate::clock::Clock;
use crate::config::Config;
use crate::files;
use crate::storage::{Backup, Checkup, Database, Restore, StoredFile};
use crate::{EPOCH, make_folder_of};

/// Attachments that are copied between two questions to the database.
const PAGE: u32 = 1_000;

#[derive(Debug, Args)]
pub struct BackupCommand {
    /// File to copy the database to; attachments go into the folder FILE.attachments
    file: PathBuf,
    /// Replace the file if it is there; attachments that the folder has are not copied again
    #[arg(long)]
    force: bool,
    /// Leave attachments out
    #[arg(long)]
    database_only: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Args)]
pub struct RestoreCommand {
    /// File that parlor backup made, with its FILE.attachments beside
    file: PathBuf,
    /// Replace the database that is there, which is kept beside
    #[arg(long)]
    force: bool,
    /// Leave attachments as they are
    #[arg(long)]
    database_only: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: Config,
}

impl BackupCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { file, force, database_only, json, config } = self;
        start_logging(&config)?;
        let Database::Sqlite(database) = config.database() else {
            bail!("the database of --database-url is PostgreSQL: back it up with pg_dump");
        };
        let backup = Backup::begin(&database, &file, force).await?;
        let folder = attachments_of(&file);
        let mut facts = json!({});
        let store = config.store_folder().filter(|_| !database_only);
        let copied = if let Some(store) = &store {
            let copied = Attachments::copy(backup.checkup().await?, store, &folder).await?;
            copied.tell(&mut facts, &folder);
            Some(copied)
        } else {
            facts["attachments"] = left_out(&config, database_only);
            None
        };
        let done = backup.finish().await?;
        if let Some(copied) = copied {
            copied.remove_others(folder).await?;
        }
        facts["backup"] = json!(file);
        facts["bytes"] = json!(done.bytes);
        facts["messages"] = json!(done.messages);
        print(&facts, json);
        Ok(())
    }
}

impl RestoreCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { file, force, database_only, json, config } = self;
        start_logging(&config)?;
        let Database::Sqlite(database) = config.database() else {
            bail!("the database of --database-url is PostgreSQL: restore it with pg_restore or psql");
        };
        make_folder_of(&database).await?;
        // Open pages start over when the epoch is another, instead of waiting for what the backup does not have.
        let restore = Restore::begin(&file, &database, force, EPOCH).await?;
        let mut facts = json!({});
        match config.store_folder().filter(|_| !database_only) {
            Some(store) => {
                let copied = Attachments::copy(restore.checkup().await?, &attachments_of(&file), &store).await?;
                copied.tell(&mut facts, &store);
            }
            None => facts["attachments"] = left_out(&config, database_only),
        }
        let restored = restore.finish(Clock::system().now()).await?;
        facts["database"] = json!(database);
        facts["bytes"] = json!(restored.copied.bytes);
        facts["messages"] = json!(restored.copied.messages);
        if let Some(kept) = restored.kept {
            facts["before"] = json!(kept);
        }
        print(&facts, json);
        Ok(())
    }
}

/// Where the attachments of the backup `file` are.
fn attachments_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".attachments");
    name.into()
}

/// Why no attachments were copied.
fn left_out(config: &Config, database_only: bool) -> Value {
    match &config.object_store_url {
        Some(url) if !database_only => json!(format!("not copied: they are in {url}, whose provider keeps versions")),
        _ => json!("not copied"),
    }
}

/// What became of the attachments that a database names.
#[derive(Default)]
struct Attachments {
    copied: HashSet<AttachmentKey>,
    /// Not among the files: removed since the database was copied, or lost before.
    missing: u64,
}

impl Attachments {
    /// Copies the files of the database in `checkup` from one folder to another.
    async fn copy(mut checkup: Checkup, from: &Path, to: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        let mut after = None;
        loop {
            let page = checkup.attachments_after(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.key.clone());
            let (source, target) = (from.to_owned(), to.to_owned());
            let copied = tokio::task::spawn_blocking(move || {
                let copy = |file: StoredFile| {
                    let has_thumbnail = file.thumbnail_size.is_some();
                    let is_there = files::copy_attachment(&source, &target, file.app, &file.key, has_thumbnail)?;
                    Ok(is_there.then_some(file.key))
                };
                page.into_iter().map(copy).collect::<std::io::Result<Vec<_>>>()
            });
            let copied = copied
                .await?
                .with_context(|| format!("cannot copy attachments from {} to {}", from.display(), to.display()))?;
            let count = copied.len() as u64;
            let there = all.copied.len() as u64;
            all.copied.extend(copied.into_iter().flatten());
            all.missing += count - (all.copied.len() as u64 - there);
        }
    }

    fn tell(&self, facts: &mut Value, folder: &Path) {
        facts["attachments"] = json!(self.copied.len());
        if !self.copied.is_empty() {
            facts["attachmentsIn"] = json!(folder);
        }
        if self.missing > 0 {
            facts["attachmentsMissing"] = json!(self.missing);
        }
    }

    /// Removes from `folder` what an earlier backup had and this one has no more.
    async fn remove_others(self, folder: PathBuf) -> anyhow::Result<()> {
        if !folder.try_exists()? {
            return Ok(());
        }
        let named = format!("cannot remove deleted attachments from {}", folder.display());
        let removed =
            tokio::task::spawn_blocking(move || files::remove_others(&folder, |_, key| self.copied.contains(key)));
        removed.await?.context(named)
    }
}
