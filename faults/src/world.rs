//! Everything that runs: nodes, what they lean on, who talks, who listens.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bench::http::Connection;
use bench::shop::{JSON, Keys, UNLIMITED, Visitor};
use fastrand::Rng;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::check::settle;
use crate::disk::Disk;
use crate::fault::Fault;
use crate::listener::{Carrier, Listener};
use crate::load::{Load, Stage};
use crate::node::{FakeTime, Node};
use crate::proxy::{Harm, Weather};
use crate::receiver::Receiver;
use crate::services::{Nats, Postgres};

/// Conversations, each with three senders and two listeners.
const CONVERSATIONS: usize = 5;
/// Far more attempts than a receiver of ours needs.
const RETRIES: &str = "100ms,200ms,500ms,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s";

/// What a world is made with.
pub struct Plan<'a> {
    pub program: &'a str,
    pub fake_time: Option<&'a FakeTime>,
    pub harm: Arc<Harm>,
    pub rng: Rng,
}

pub struct World {
    // In the order in which they must end.
    pub listeners: Vec<Listener>,
    pub nodes: Vec<Node>,
    pub nats: Option<Nats>,
    pub postgres: Option<Postgres>,
    pub disk: Option<Disk>,
    pub stage: Arc<Stage>,
    pub receiver: Receiver,
    pub visitors: Vec<Visitor>,
    pub rng: Rng,
    rounds: usize,
    /// With the logs of everything; goes with the world, unless it is kept.
    folder: Option<TempDir>,
}

impl World {
    /// Two nodes over one PostgreSQL, joined by NATS.
    pub async fn of_nodes(plan: Plan<'_>, postgres: Postgres) -> Result<Self> {
        let folder = TempDir::with_prefix("faults-")?;
        let nats = Nats::start(folder.path()).await?;
        let flags =
            ["--database-url", &postgres.url(), "--data-dir", &folder.path().join("data").display().to_string()];
        let keys = Keys::provision(plan.program, &flags).await?;
        let (database, url) = (flags.map(str::to_owned), nats.url());
        let joined = database.into_iter().chain(["--nats-url".to_owned(), url]).collect();
        let logs = folder.path().to_owned();
        let mut world = Self::begin(plan, folder, &logs, keys, &["north", "south"], joined).await?;
        world.nats = Some(nats);
        world.postgres = Some(postgres);
        Ok(world)
    }

    /// One node over SQLite, on a small disk.
    pub async fn of_one(plan: Plan<'_>) -> Result<Self> {
        let folder = TempDir::with_prefix("faults-")?;
        let disk = Disk::make(folder.path().join("disk")).await?;
        let data = disk.folder.join("data").display().to_string();
        let keys = Keys::provision(plan.program, &["--data-dir", &data]).await?;
        let flags = vec!["--data-dir".to_owned(), data];
        // The log is on the same disk: a full one may not stop the server that way either.
        let mut world = Self::begin(plan, folder, &disk.folder, keys, &["alone"], flags).await?;
        world.disk = Some(disk);
        Ok(world)
    }

    async fn begin(
        plan: Plan<'_>,
        folder: TempDir,
        logs: &Path,
        keys: Keys,
        names: &[&str],
        flags: Vec<String>,
    ) -> Result<Self> {
        let Plan { program, fake_time, harm, mut rng } = plan;
        let mut nodes = Vec::new();
        for name in names {
            let hooks = ["--webhook-allow", "127.0.0.0/8", "--webhook-retries", RETRIES, "--webhook-timeout", "2s"];
            let flags = flags.iter().cloned().chain(hooks.iter().chain(&UNLIMITED).map(ToString::to_string)).collect();
            let node =
                Node::start(name, program, flags, fake_time, [folder.path(), logs], harm.clone(), rng.fork()).await?;
            nodes.push(node);
        }
        let receiver = Receiver::start(rng.fork()).await?;
        add_webhook(&nodes[0].address, &keys, &receiver.url).await?;
        let stage = Arc::new(Stage::new(keys, nodes.iter().map(|node| node.proxy.address.clone()).collect()));
        let mut visitors = Vec::new();
        let mut listeners = Vec::new();
        for _ in 0..CONVERSATIONS {
            let visitor = Visitor::arrive(&nodes[0].address, &stage.keys.integration).await?;
            for carrier in [Carrier::WebSocket, Carrier::EventStream] {
                listeners.push(Listener::start(stage.clone(), visitor.clone(), carrier, rng.fork()));
            }
            visitors.push(visitor);
        }
        let (nats, postgres, disk) = (None, None, None);
        let folder = Some(folder);
        Ok(Self { folder, listeners, nodes, nats, postgres, disk, stage, receiver, visitors, rng, rounds: 0 })
    }

    pub fn turn(&self, weather: Weather) {
        for node in &self.nodes {
            node.proxy.turn(weather);
        }
    }

    /// Has everybody talk, strikes in the middle of it, and looks at what has become of it.
    pub async fn go_through(&mut self, fault: Fault) -> Result<()> {
        let round = self.rounds;
        self.rounds += 1;
        let load = Load::start(&self.stage, &self.visitors, round, &mut self.rng);
        self.rest().await;
        fault.strike(self).await?;
        self.rest().await;
        load.stop().await?;
        let differences = settle(self).await?;
        if !differences.is_empty() {
            bail!("after {fault}:\n  {}", differences.join("\n  "));
        }
        Ok(())
    }

    async fn rest(&mut self) {
        sleep(Duration::from_millis(700 + self.rng.u64(..800))).await;
    }

    /// Keeps the folder with the logs, and says where it is.
    pub fn keep(mut self) -> Option<PathBuf> {
        let folder = self.folder.take()?.keep();
        if let Some(postgres) = &self.postgres {
            postgres.save_log(&folder);
        }
        if let Some(disk) = &self.disk {
            save(&disk.folder, &folder);
            save(&disk.folder.join("data"), &folder.join("data"));
        }
        Some(folder)
    }
}

/// Copies the files of `from` before the disk goes.
fn save(from: &Path, to: &Path) {
    let copy = || -> std::io::Result<()> {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)?.flatten().filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    if let Err(error) = copy() {
        eprintln!("{}: {error}", from.display());
    }
}

async fn add_webhook(address: &str, keys: &Keys, target: &str) -> Result<()> {
    let webhook = json!({ "target": target, "triggers": ["conversation:message"] });
    let body = json!({ "type": "custom", "webhooks": [webhook] }).to_string();
    let mut connection = Connection::open(address).await?;
    connection.headers.clone_from(&keys.authorization);
    let answer = connection.post(&format!("/v2/apps/{}/integrations", keys.app), JSON, &body).await?;
    ensure!(answer.status == 201, "a webhook is made, not {}", answer.text());
    Ok(())
}

/// The program under test.
pub fn program() -> Result<String> {
    std::env::var("PARLOR_BIN").context("PARLOR_BIN names the parlor to test; `make faults` sets it")
}
