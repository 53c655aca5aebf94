//! Programs that are started, killed, held still and started again.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::{Child, Command};

/// A port of this machine that was free a moment ago.
pub fn free_address() -> Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// A program with its arguments, which runs or does not.
pub struct Process {
    /// The program first.
    command: Vec<String>,
    variables: Vec<(String, String)>,
    /// What it says, over all its lives.
    pub log: PathBuf,
    child: Option<Child>,
}

impl Process {
    pub fn new(command: Vec<String>, variables: Vec<(String, String)>, log: PathBuf) -> Self {
        Self { command, variables, log, child: None }
    }

    pub fn start(&mut self) -> Result<()> {
        let log = || -> Result<File> { Ok(OpenOptions::new().create(true).append(true).open(&self.log)?) };
        let mut command = Command::new(&self.command[0]);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PARLOR_")) {
            command.env_remove(name);
        }
        let child = command
            .args(&self.command[1..])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log()?)
            .stderr(log()?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| self.command[0].clone())?;
        self.child = Some(child);
        Ok(())
    }

    /// `kill -9`; nothing where it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> Result<bool> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?.is_some()),
            None => Ok(true),
        }
    }

    /// Sends a signal, such as `STOP`.
    pub async fn signal(&self, name: &str) -> Result<()> {
        signal(name, self.id()?).await
    }

    /// Waits until it ends after it was asked to.
    pub async fn ended(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.wait().await?;
        }
        Ok(())
    }

    pub fn id(&self) -> Result<u32> {
        self.child.as_ref().and_then(Child::id).context("it runs")
    }
}

/// Sends the process `id` a signal.
pub async fn signal(name: &str, id: u32) -> Result<()> {
    let sent = Command::new("kill").args(["-s", name, &id.to_string()]).stderr(Stdio::null()).status().await?;
    ensure!(sent.success(), "process {id} takes the signal {name}");
    Ok(())
}
