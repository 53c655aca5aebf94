//! What nodes lean on: NATS and PostgreSQL, which die and come back.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::sleep;

use crate::process::{Process, free_address, signal};

/// Nothing takes longer to start.
const DEADLINE: Duration = Duration::from_secs(30);

pub struct Nats {
    address: String,
    process: Process,
}

impl Nats {
    pub async fn start(folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let (host, port) = address.rsplit_once(':').context("a port")?;
        let command = ["nats-server", "-a", host, "-p", port].map(str::to_owned).to_vec();
        let mut nats = Self { process: Process::new(command, Vec::new(), folder.join("nats.log")), address };
        nats.come_back().await?;
        Ok(nats)
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    pub async fn die(&mut self) -> Result<()> {
        self.process.kill().await
    }

    pub async fn come_back(&mut self) -> Result<()> {
        self.process.start()?;
        let begun = Instant::now();
        while TcpStream::connect(&self.address).await.is_err() {
            ensure!(begun.elapsed() < DEADLINE, "NATS starts in time");
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

/// The PostgreSQL that `scripts/postgres.sh` started for us.
pub struct Postgres {
    server: String,
    data: PathBuf,
    /// A line for the shell that starts it again.
    start: String,
}

impl Postgres {
    /// `None` where there is none.
    pub fn given() -> Option<Self> {
        let variable = |name: &str| std::env::var(format!("PARLOR_TEST_POSTGRES{name}")).ok();
        Some(Self { server: variable("")?, data: variable("_DATA")?.into(), start: variable("_START")? })
    }

    /// A database that nodes may share; its tables are made by the first who asks.
    pub fn url(&self) -> String {
        format!("{}/postgres", self.server)
    }

    /// `kill -9` of every process of it.
    pub async fn die(&self) -> Result<()> {
        let pid_file = std::fs::read_to_string(self.data.join("postmaster.pid"))?;
        let id: u32 = pid_file.lines().next().context("an id")?.trim().parse()?;
        let children = children(id)?;
        signal("KILL", id).await?;
        for child in children {
            // Most have noticed by themselves.
            let _gone = signal("KILL", child).await;
        }
        Ok(())
    }

    pub async fn come_back(&self) -> Result<()> {
        let begun = Instant::now();
        // It refuses as long as one of its old processes is there.
        while !Command::new("bash").args(["-c", &self.start]).status().await?.success() {
            ensure!(begun.elapsed() < DEADLINE, "PostgreSQL starts in time");
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Leaves a copy of what it said.
    pub fn save_log(&self, folder: &Path) {
        let log = self.data.with_file_name("log");
        if let Err(error) = std::fs::copy(&log, folder.join("postgres.log")) {
            eprintln!("{}: {error}", log.display());
        }
    }
}

/// The processes that `parent` started.
fn children(parent: u32) -> Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // Processes come and go while this looks.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // Behind the name in brackets, which may hold anything: the state, then the parent.
        let found = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
        if found.and_then(|id| id.parse().ok()) == Some(parent) {
            children.push(id);
        }
    }
    Ok(children)
}
