//! Servers as processes of their own, each on the first core; the load on the second.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::process::{Child, Command};

use crate::http::Connection;

const SERVER_CORE: &str = "0";
pub const LOAD_CORE: &str = "1";

pub struct Server {
    child: Child,
    pub address: String,
    /// From the start of the process to the first answer.
    pub started_in: Duration,
}

impl Server {
    /// Starts `program` pinned to the servers' core and waits until `path` answers. `{listen}` in an argument becomes the
    /// address, `{port}` the port of it.
    pub async fn start(program: &str, arguments: &[String], path: &str) -> Result<Self> {
        let answers = async |address: &str| match Connection::open(address).await {
            Ok(mut connection) => connection.get(path).await.is_ok_and(|answer| answer.status == 200),
            Err(_) => false,
        };
        Self::start_until(program, arguments, answers).await
    }

    /// The same, with another sign that it runs.
    pub async fn start_until(program: &str, arguments: &[String], runs: impl AsyncFn(&str) -> bool) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let placed = |argument: &String| argument.replace("{listen}", &address).replace("{port}", &port.to_string());
        let begun = Instant::now();
        let child = Command::new("taskset")
            .args(["-c", SERVER_CORE, program])
            .args(arguments.iter().map(placed))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("taskset (util-linux) starts a pinned process")?;
        while !runs(&address).await {
            if begun.elapsed() > Duration::from_secs(30) {
                bail!("{program} does not answer");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { child, address, started_in: begun.elapsed() })
    }

    /// Resident memory in kB.
    pub fn resident_kb(&self) -> Result<u64> {
        self.figure("status", "VmRSS:")
    }

    /// Bytes written so far, mostly to files.
    pub fn written_bytes(&self) -> Result<u64> {
        self.figure("io", "wchar:")
    }

    /// CPU time used so far, of all threads, in milliseconds.
    pub fn cpu_ms(&self) -> Result<u64> {
        // In ticks of a hundredth of a second, behind the name in brackets, which may hold anything.
        let stat = self.told("stat")?;
        let fields = stat.rsplit(')').next().context("fields")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(ticks * 10)
    }

    /// The number behind `name` in what the kernel says of the process.
    fn figure(&self, file: &str, name: &str) -> Result<u64> {
        let told = self.told(file)?;
        let line = told.lines().find(|line| line.starts_with(name)).with_context(|| format!("{name} of {file}"))?;
        Ok(line.split_whitespace().nth(1).context("a number")?.parse()?)
    }

    fn told(&self, file: &str) -> Result<String> {
        Ok(std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id().context("it runs")?))?)
    }

    pub async fn stop(mut self) -> Result<()> {
        self.end().await
    }

    /// Kills the process.
    pub async fn end(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// Keeps the load off the servers' core.
pub fn pin_self() -> Result<()> {
    let status = std::process::Command::new("taskset")
        .args(["-a", "-cp", LOAD_CORE, &std::process::id().to_string()])
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("taskset could not pin the load; are there two cores?");
    }
    Ok(())
}
