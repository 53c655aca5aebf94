//! A small disk that can be filled: a tmpfs where this may mount one, else a limit to how large a file may grow.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Result, ensure};
use tokio::process::Command;

/// Far more than the rounds write.
const SIZE: &str = "256m";

pub struct Disk {
    pub folder: PathBuf,
    is_mounted: bool,
}

impl Disk {
    pub async fn make(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={SIZE}"), "faults"]).arg(&folder);
        let is_mounted = command.stderr(Stdio::null()).status().await.is_ok_and(|status| status.success());
        Ok(Self { folder, is_mounted })
    }

    /// What stands in for a full disk.
    pub fn kind(&self) -> &'static str {
        if self.is_mounted {
            "a full tmpfs"
        } else {
            "a limit of the files' size, because no tmpfs can be mounted here"
        }
    }

    /// From now on nothing more fits. `process` is who writes.
    pub async fn fill(&self, process: u32) -> Result<()> {
        if !self.is_mounted {
            return limit(process, "1").await;
        }
        let mut ballast = File::create(self.ballast())?;
        let block = vec![0; 4096];
        loop {
            match ballast.write_all(&block) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub async fn empty(&self, process: u32) -> Result<()> {
        if self.is_mounted {
            return Ok(std::fs::remove_file(self.ballast())?);
        }
        limit(process, "unlimited").await
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

/// Limits how large a file `process` may make, in bytes; what is larger stays.
async fn limit(process: u32, bytes: &str) -> Result<()> {
    let mut command = Command::new("prlimit");
    command.args(["--pid", &process.to_string(), &format!("--fsize={bytes}:")]);
    ensure!(command.status().await?.success(), "prlimit (util-linux) limits the size of files");
    Ok(())
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            unmount(&self.folder);
        }
    }
}

fn unmount(folder: &Path) {
    // Lazily: whoever has a file open there is on the way out.
    let unmounted = std::process::Command::new("umount").arg("--lazy").arg(folder).status();
    if !unmounted.is_ok_and(|status| status.success()) {
        eprintln!("{} stays mounted", folder.display());
    }
}
