//! Servers as processes of their own, each on the first core; the load on the second.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::process::{Child, Command};

const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";

pub struct Server {
    child: Child,
    pub address: String,
    /// From the start of the process to the first answer.
    pub started_in: Duration,
}

impl Server {
    /// Starts `program` pinned to the servers' core and waits until `path` answers. `{listen}` in an argument becomes the address.
    pub async fn start(program: &str, arguments: &[String], path: &str) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let arguments = arguments.iter().map(|argument| argument.replace("{listen}", &address));
        let begun = Instant::now();
        let child = Command::new("taskset")
            .args(["-c", SERVER_CORE, program])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("taskset (util-linux) starts a pinned process")?;
        loop {
            if let Ok(mut connection) = crate::http::Connection::open(&address).await
                && connection.get(path).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(Self { child, address, started_in: begun.elapsed() });
            }
            if begun.elapsed() > Duration::from_secs(30) {
                bail!("{program} does not answer");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Resident memory in kB.
    pub fn resident_kb(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().context("it runs")?))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("a resident size")?;
        Ok(line.split_whitespace().nth(1).context("a number")?.parse()?)
    }

    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
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
