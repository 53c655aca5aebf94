//! A `parlor serve` with a proxy before it and a clock of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bench::http::Connection;
use fastrand::Rng;
use tokio::time::{sleep, timeout};

use crate::process::{Process, free_address};
use crate::proxy::{Harm, Proxy};

/// Nothing takes longer to start, or to answer that it is ready.
const DEADLINE: Duration = Duration::from_secs(30);

/// A clock that jumps when told to: the Debian package libfaketime, where it is.
#[derive(Debug, Clone)]
pub struct FakeTime {
    library: PathBuf,
}

impl FakeTime {
    /// `None` where it is not installed.
    pub fn found() -> Option<Self> {
        let folders = std::fs::read_dir("/usr/lib").ok()?;
        let places = folders.flatten().map(|entry| entry.path().join("faketime/libfaketime.so.1"));
        places
            .chain(["/usr/lib/faketime/libfaketime.so.1".into()])
            .find(|library| library.exists())
            .map(|library| Self { library })
    }

    fn variables(&self, file: &Path) -> Vec<(String, String)> {
        let pairs = [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            // What measures durations goes on as it does on a machine whose clock is set.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }
}

pub struct Node {
    pub name: String,
    pub address: String,
    pub proxy: Proxy,
    pub process: Process,
    /// Says how many seconds its clock is ahead.
    clock: PathBuf,
}

impl Node {
    /// Starts `program` with `flags`, and a proxy before it. Its clock and its log lie in the two folders.
    pub async fn start(
        name: &str,
        program: &str,
        flags: Vec<String>,
        fake_time: Option<&FakeTime>,
        [folder, logs]: [&Path; 2],
        harm: Arc<Harm>,
        rng: Rng,
    ) -> Result<Self> {
        let address = free_address()?;
        let mut command = vec!["env".to_owned(), "--ignore-signal=XFSZ".to_owned(), program.to_owned()];
        command.extend(["serve", "--log", "info", "--listen", &address].map(str::to_owned));
        command.extend(flags);
        let clock = folder.join(format!("{name}.clock"));
        let variables = fake_time.map_or_else(Vec::new, |fake_time| fake_time.variables(&clock));
        let process = Process::new(command, variables, logs.join(format!("{name}.log")));
        let proxy = Proxy::start(address.clone(), harm, rng).await?;
        let mut node = Self { name: name.to_owned(), address, proxy, process, clock };
        node.set_clock(0)?;
        node.come_back().await?;
        Ok(node)
    }

    /// Sets its clock so many seconds ahead of the machine's.
    pub fn set_clock(&self, ahead: i64) -> Result<()> {
        let new = self.clock.with_extension("new");
        std::fs::write(&new, format!("{ahead:+}\n"))?;
        // At once: a file that is half written would be another time.
        Ok(std::fs::rename(new, &self.clock)?)
    }

    /// Starts it and waits until it answers.
    pub async fn come_back(&mut self) -> Result<()> {
        self.process.start()?;
        let begun = Instant::now();
        while self.readiness().await.is_none() {
            ensure!(
                !self.process.has_ended()?,
                "{} starts; it says why not in {}",
                self.name,
                self.process.log.display()
            );
            ensure!(begun.elapsed() < DEADLINE, "{} starts in time", self.name);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// What it answers when asked whether it is ready; `None` where it answers otherwise, or nothing.
    pub async fn readiness(&self) -> Option<String> {
        let ask = async { Connection::open(&self.address).await?.get("/readyz").await };
        let answer = timeout(Duration::from_secs(2), ask).await.ok()?.ok()?;
        (answer.status == 200).then(|| answer.text())
    }
}
