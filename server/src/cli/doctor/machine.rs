//! What the installation stands on: folders, room, its address, its store, NATS.

use std::path::{Path, PathBuf};

use domain::Timestamp;

use super::{Outcome, State, unknown};
use crate::clock::random_bytes;
use crate::config::Config;
use crate::files;
use crate::live::NatsUrl;
use crate::storage::Database;
use crate::telemetry::causes;

const MEGABYTE: u64 = 1024 * 1024;
/// With less free space, soon nothing can be written …
const TOO_LITTLE: u64 = 100 * MEGABYTE;
/// … and with less than this it is time to look.
const LITTLE: u64 = 1024 * MEGABYTE;

/// Clocks further apart make what expires and what is retried come at odd times …
const APART: u64 = 2_000;
/// … and this far, tokens are refused and work is taken from those who do it. In milliseconds, both.
const FAR_APART: u64 = 30_000;

pub async fn examine(config: &Config, found: &mut impl FnMut(&'static str, Outcome)) {
    for folder in folders(config) {
        if folder.is_dir() {
            found("folder", writable(&folder));
            found("free space", space(&folder));
        } else {
            let todo = "make it, or name another with --data-dir";
            found("folder", (State::Fail, format!("there is no folder {}; {todo}", folder.display())));
        }
    }
    found("public URL", public_url(config));
    found("store", store(config).await);
    if let Some(url) = &config.nats_url {
        found("NATS", nats(url).await);
    }
}

/// That of the data, and those of the database and of attachments if they are elsewhere.
fn folders(config: &Config) -> Vec<PathBuf> {
    let mut folders = vec![config.data_dir.clone()];
    if let Database::Sqlite(file) = config.database() {
        folders.extend(file.parent().map(Path::to_owned));
    }
    if config.object_store_url.is_some() {
        folders.extend(config.store_folder());
    }
    folders.retain(|folder| !folder.as_os_str().is_empty());
    folders.dedup();
    folders
}

fn writable(folder: &Path) -> Outcome {
    match tempfile::tempfile_in(folder) {
        Ok(_gone_at_once) => (State::Ok, format!("{} can be written to", folder.display())),
        Err(error) => {
            let todo = "give this user its rights";
            (State::Fail, format!("cannot write to {}: {error}; {todo}", folder.display()))
        }
    }
}

fn space(folder: &Path) -> Outcome {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let state = enough(free);
            let todo = if state == State::Ok { "" } else { "; make room before writes fail" };
            (state, format!("{} MB are free for {}{todo}", free / MEGABYTE, folder.display()))
        }
        Err(error) => unknown(&error),
    }
}

fn enough(free: u64) -> State {
    match free {
        ..TOO_LITTLE => State::Fail,
        TOO_LITTLE..LITTLE => State::Warn,
        LITTLE.. => State::Ok,
    }
}

fn public_url(config: &Config) -> Outcome {
    match &config.public_url {
        None => (
            State::Warn,
            "not set, so links lead to the listen address; set --public-url to where browsers come".into(),
        ),
        Some(url) if url.scheme() != "https" => {
            let todo = "put a proxy that speaks https in front, and say so in --public-url";
            (State::Warn, format!("{url} is not https: anybody on the way can read, and frames get no cookie; {todo}"))
        }
        Some(url) => (State::Ok, url.to_string()),
    }
}

/// Whether attachments can be written, read and removed.
async fn store(config: &Config) -> Outcome {
    let folder = config.attachments_folder();
    let name = config.object_store_url.as_ref().map_or_else(|| folder.display().to_string(), ToString::to_string);
    // It would be made, and that is not for a look to do.
    if let Some(folder) = config.store_folder().filter(|folder| !folder.exists()) {
        return (State::Ok, format!("{} will be made on the first start", folder.display()));
    }
    let tried = match files::open_store(config.object_store_url.as_ref(), &folder).await {
        Ok(store) => store.try_out(&hex::encode(random_bytes::<8>())).await,
        Err(error) => return (State::Fail, format!("{error:#}")),
    };
    match tried {
        Ok(()) => (State::Ok, format!("{name} takes files, gives them and removes them")),
        Err(error) => {
            let todo = "see to its rights, credentials and room";
            (State::Fail, format!("{name} failed: {}; {todo}", causes(&error)))
        }
    }
}

async fn nats(url: &NatsUrl) -> Outcome {
    match url.reach().await {
        Ok(()) => (State::Ok, "answers".to_owned()),
        Err(error) => (State::Fail, format!("does not answer: {error:#}; start it, or correct --nats-url")),
    }
}

/// How this machine's clock stands to that of the database.
pub fn clocks(here: Timestamp, there: Timestamp) -> Outcome {
    let apart = here.millis().abs_diff(there.millis());
    let state = match apart {
        ..APART => return (State::Ok, format!("{apart} ms from that of the database")),
        APART..FAR_APART => State::Warn,
        FAR_APART.. => State::Fail,
    };
    (state, format!("{apart} ms from that of the database; keep the clocks of all machines with NTP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_the_edge_is_said_before_it_is_over() {
        assert_eq!([0, TOO_LITTLE, LITTLE].map(enough), [State::Fail, State::Warn, State::Ok]);
        let moment = Timestamp::from_millis;
        for (there, state) in [(1_000, State::Ok), (5_000, State::Warn), (-40_000, State::Fail)] {
            assert_eq!(clocks(moment(0), moment(there)).0, state, "{there}");
        }
    }
}
