//! What is kept: the database, what it says of itself, and the files that it names.

use std::error::Error;

use futures::StreamExt as _;

use super::{Outcome, State, machine, unknown};
use crate::clock::Clock;
use crate::config::Config;
use crate::files::{self, FileError, Part, Store};
use crate::storage::{Checkup, Contradictions, Database, Schema, StorageError, StoredFile};
use crate::telemetry::causes;
use crate::{ATTACHMENT_SECRET, EPOCH, VISITOR_SECRET};

/// Attachments that are looked for in the store, and how many of them at once.
const ATTACHMENTS: u32 = 1_000;
const AT_ONCE: usize = 16;

pub async fn examine(config: &Config, found: &mut impl FnMut(&'static str, Outcome)) {
    let database = config.database();
    let mut checkup = match open(&database).await {
        Ok(checkup) => checkup,
        Err(why) => return found("database", (State::Fail, why)),
    };
    found("database", version(&mut checkup, &database).await);
    if let Ok(Some(there)) = checkup.time().await {
        found("clock", machine::clocks(Clock::system().now(), there));
    }
    if matches!(database, Database::Sqlite(_)) {
        found("integrity", integrity(&mut checkup).await);
    }
    let (schema, is_current) = schema(&mut checkup).await;
    found("schema", schema);
    if !is_current {
        return;
    }
    found("secrets", secrets(&mut checkup).await);
    if matches!(database, Database::Sqlite(_)) {
        found("references", references(&mut checkup).await);
    }
    let what = "have a log with gaps or a wrong number; restore a backup, and report a fault";
    found("logs", contradictions(checkup.gaps().await, "every log is whole", what));
    let what = "have another number of messages than they say; restore a backup, and report a fault";
    found("messages", contradictions(checkup.miscounts().await, "every conversation counts right", what));
    found("attachments", attachments(&mut checkup, config).await);
    found("webhooks", webhooks(&mut checkup).await);
}

async fn open(database: &Database) -> Result<Checkup, String> {
    if let Database::Sqlite(file) = database
        && !file.exists()
    {
        let todo = "name its folder with --data-dir, or make one with parlor provision";
        return Err(format!("there is none at {database}; {todo}"));
    }
    let todo = "start it, or correct --database-url or --data-dir";
    Checkup::open(database).await.map_err(|error| format!("cannot open {database}: {}; {todo}", causes(&error)))
}

async fn version(checkup: &mut Checkup, database: &Database) -> Outcome {
    let kind = if matches!(database, Database::Sqlite(_)) { "SQLite" } else { "PostgreSQL" };
    match checkup.version().await {
        Ok(version) => (State::Ok, format!("{kind} {version}, {database}")),
        Err(error) => unknown(&error),
    }
}

async fn integrity(checkup: &mut Checkup) -> Outcome {
    match checkup.damage().await {
        Ok(findings) => match findings.first() {
            None => (State::Ok, "no damage found".to_owned()),
            Some(first) => {
                let first = first.replace('\n', " ");
                (State::Fail, format!("{} findings, first: {first}; restore a backup", findings.len()))
            }
        },
        Err(error) => unknown(&error),
    }
}

/// And whether it is the newest, so that there is more to ask.
async fn schema(checkup: &mut Checkup) -> (Outcome, bool) {
    let schema = match checkup.schema().await {
        Ok(schema) => schema,
        Err(error) => return (unknown(&error), false),
    };
    let outcome = match schema {
        Schema::None => (State::Warn, "there is none yet; parlor serve makes it".to_owned()),
        Schema::Current(version) => (State::Ok, format!("{version}, the newest")),
        Schema::Behind(missing) => {
            (State::Warn, format!("{missing} steps behind this program; back up, then start it"))
        }
        Schema::Ahead => (State::Fail, "changed by a newer program; use that one".to_owned()),
    };
    (outcome, matches!(schema, Schema::Current(_)))
}

async fn secrets(checkup: &mut Checkup) -> Outcome {
    let looked = async {
        let missing = checkup.settings_without(&[VISITOR_SECRET, ATTACHMENT_SECRET, EPOCH]).await?;
        Ok::<_, StorageError>((missing, checkup.has_visitors().await?))
    };
    match looked.await {
        Ok((missing, _)) if missing.is_empty() => (State::Ok, "all there".to_owned()),
        Ok((_, false)) => (State::Ok, "drawn on the first start".to_owned()),
        // After a restore, it is to be drawn anew.
        Ok((missing, true)) if missing == [EPOCH] => {
            (State::Ok, "all there; the next start begins another history".into())
        }
        Ok((missing, true)) => {
            let todo = "put them back from a backup, or visitors start over and addresses of files end";
            (State::Fail, format!("the settings {} are missing; {todo}", missing.join(", ")))
        }
        Err(error) => unknown(&error),
    }
}

async fn references(checkup: &mut Checkup) -> Outcome {
    match checkup.orphans().await {
        Ok(0) => (State::Ok, "every row refers to what is there".to_owned()),
        Ok(count) => {
            (State::Fail, format!("{count} rows refer to what is not there; restore a backup, and report a fault"))
        }
        Err(error) => unknown(&error),
    }
}

fn contradictions(found: Result<Contradictions, impl Error>, well: &str, ill: &str) -> Outcome {
    match found {
        Ok(Contradictions { count: 0, .. }) => (State::Ok, well.to_owned()),
        Ok(Contradictions { count, first }) => (State::Fail, format!("{count} conversations, such as {first}, {ill}")),
        Err(error) => unknown(&error),
    }
}

async fn attachments(checkup: &mut Checkup, config: &Config) -> Outcome {
    let known = match checkup.newest_attachments(ATTACHMENTS).await {
        Ok(known) if known.is_empty() => return (State::Ok, "there are none".to_owned()),
        Ok(known) => known,
        Err(error) => return unknown(&error),
    };
    let store = match files::open_store(config.object_store_url.as_ref(), &config.attachments_folder()).await {
        Ok(store) => store,
        Err(error) => return (State::Fail, format!("{error:#}")),
    };
    let count = known.len();
    let looks = futures::stream::iter(known).map(|file| is_whole(&store, file));
    let mut looks = looks.buffer_unordered(AT_ONCE);
    let mut missing = 0_u64;
    while let Some(is_whole) = looks.next().await {
        match is_whole {
            Ok(is_whole) => missing += u64::from(!is_whole),
            Err(error) => return unknown(&error),
        }
    }
    if missing == 0 {
        return (State::Ok, format!("the newest {count} have their files"));
    }
    let todo = "put them back into the store from a backup, or name the right store";
    (State::Fail, format!("{missing} of the newest {count} have no file, or not the whole; {todo}"))
}

async fn is_whole(store: &Store, file: StoredFile) -> Result<bool, FileError> {
    if store.size(file.app, &file.key, Part::Whole).await? != Some(file.size) {
        return Ok(false);
    }
    Ok(file.thumbnail_size.is_none() || store.size(file.app, &file.key, Part::Thumbnail).await? == file.thumbnail_size)
}

async fn webhooks(checkup: &mut Checkup) -> Outcome {
    match checkup.deliveries().await {
        Ok((pending, 0)) => (State::Ok, format!("{pending} deliveries wait, none was given up")),
        Ok((pending, failed)) => {
            let todo = "see parlor webhook list, and repeat them with parlor webhook replay --failed";
            (State::Warn, format!("{pending} deliveries wait, {failed} were given up; {todo}"))
        }
        Err(error) => unknown(&error),
    }
}
