//! What can befall a server in the middle of its work.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::time::sleep;

use crate::node::Node;
use crate::proxy::Weather;
use crate::world::World;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
/// How long a full disk may take to be met.
const DEADLINE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Lines are cut, delayed and doubled.
    Storm,
    /// `kill -9` of one node.
    KillNode,
    /// The same, on a bad line.
    KillNodeInStorm,
    /// `kill -9` of all nodes at once.
    KillNodes,
    KillNats,
    KillPostgres,
    /// `kill -9` of everything at once.
    KillAll,
    /// A node stops for longer than others believe it alive, then goes on as if nothing had been.
    Freeze,
    /// Nodes are asked to end and start again, one after the other.
    Restart,
    /// The clock of one node jumps an hour and a day, ahead and back.
    Clock,
    /// The same, and the node is killed while its clock is ahead.
    KillNodeAhead,
    DiskFull,
    /// `kill -9` while nothing fits on the disk.
    KillOnFullDisk,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Storm => "a storm on the lines",
            Self::KillNode => "kill -9 of a node",
            Self::KillNodeInStorm => "kill -9 of a node in a storm",
            Self::KillNodes => "kill -9 of all nodes at once",
            Self::KillNats => "kill -9 of NATS",
            Self::KillPostgres => "kill -9 of PostgreSQL",
            Self::KillAll => "kill -9 of everything at once",
            Self::Freeze => "a node that freezes and thaws",
            Self::Restart => "nodes that are restarted in turn",
            Self::Clock => "a clock that jumps",
            Self::KillNodeAhead => "kill -9 of a node whose clock is a day ahead",
            Self::DiskFull => "a full disk",
            Self::KillOnFullDisk => "kill -9 on a full disk",
        })
    }
}

impl Fault {
    /// What two nodes go through.
    pub const OF_NODES: [Self; 11] = [
        Self::Storm,
        Self::KillNode,
        Self::KillNats,
        Self::KillPostgres,
        Self::Freeze,
        Self::Clock,
        Self::KillAll,
        Self::KillNodeAhead,
        Self::KillNodeInStorm,
        Self::KillNodes,
        Self::Restart,
    ];
    /// What one node with SQLite goes through.
    pub const OF_ONE: [Self; 8] = [
        Self::KillNode,
        Self::DiskFull,
        Self::Clock,
        Self::KillOnFullDisk,
        Self::Storm,
        Self::KillNodeAhead,
        Self::KillNodeInStorm,
        Self::Freeze,
    ];

    pub fn needs_fake_time(self) -> bool {
        matches!(self, Self::Clock | Self::KillNodeAhead)
    }

    /// Does the harm and mends it.
    pub async fn strike(self, world: &mut World) -> Result<()> {
        let victim = world.rng.usize(..world.nodes.len());
        let pause = Duration::from_millis(200 + world.rng.u64(..1500));
        match self {
            Self::Storm => {
                world.turn(Weather::Storm);
                sleep(Duration::from_secs(3)).await;
                world.turn(Weather::Fair);
            }
            Self::KillNode | Self::KillNodeInStorm => {
                if self == Self::KillNodeInStorm {
                    world.turn(Weather::Storm);
                }
                world.nodes[victim].process.kill().await?;
                sleep(pause).await;
                world.nodes[victim].come_back().await?;
                world.turn(Weather::Fair);
            }
            Self::KillNodes => {
                kill(&mut world.nodes).await?;
                sleep(pause).await;
                start(&mut world.nodes).await?;
            }
            Self::KillNats => {
                let nats = world.nats.as_mut().context("NATS is there")?;
                nats.die().await?;
                sleep(pause).await;
                nats.come_back().await?;
            }
            Self::KillPostgres => {
                let postgres = world.postgres.as_ref().context("PostgreSQL is there")?;
                postgres.die().await?;
                sleep(pause).await;
                postgres.come_back().await?;
            }
            Self::KillAll => kill_all(world, pause).await?,
            Self::Freeze => {
                world.nodes[victim].process.signal("STOP").await?;
                sleep(Duration::from_secs(8)).await;
                world.nodes[victim].process.signal("CONT").await?;
            }
            Self::Restart => {
                for node in &mut world.nodes {
                    node.process.signal("TERM").await?;
                    node.process.ended().await?;
                    node.come_back().await?;
                }
            }
            Self::Clock => {
                for ahead in [HOUR, -HOUR, DAY, -DAY, 0] {
                    world.nodes[victim].set_clock(ahead)?;
                    sleep(Duration::from_millis(700)).await;
                }
            }
            Self::KillNodeAhead => {
                let node = &mut world.nodes[victim];
                node.set_clock(DAY)?;
                sleep(pause).await;
                node.process.kill().await?;
                node.set_clock(0)?;
                node.come_back().await?;
            }
            Self::DiskFull | Self::KillOnFullDisk => fill_disk(self, world, pause).await?,
        }
        Ok(())
    }
}

async fn kill(nodes: &mut [Node]) -> Result<()> {
    for node in nodes {
        node.process.kill().await?;
    }
    Ok(())
}

async fn start(nodes: &mut [Node]) -> Result<()> {
    for node in nodes {
        node.come_back().await?;
    }
    Ok(())
}

async fn kill_all(world: &mut World, pause: Duration) -> Result<()> {
    if let Some(postgres) = &world.postgres {
        postgres.die().await?;
    }
    kill(&mut world.nodes).await?;
    if let Some(nats) = &mut world.nats {
        nats.die().await?;
    }
    sleep(pause).await;
    if let Some(postgres) = &world.postgres {
        postgres.come_back().await?;
    }
    start(&mut world.nodes).await?;
    if let Some(nats) = &mut world.nats {
        nats.come_back().await?;
    }
    Ok(())
}

async fn fill_disk(fault: Fault, world: &mut World, pause: Duration) -> Result<()> {
    let disk = world.disk.as_ref().context("the disk is ours")?;
    let node = &mut world.nodes[0];
    let postponed = || world.stage.ledger().postponed;
    let before = postponed();
    disk.fill(node.process.id()?).await?;
    let begun = Instant::now();
    while postponed() < before + 10 {
        ensure!(begun.elapsed() < DEADLINE, "a full disk is said to be one");
        sleep(Duration::from_millis(20)).await;
    }
    sleep(pause).await;
    if fault == Fault::KillOnFullDisk {
        node.process.kill().await?;
        // Whether it starts without room is its own affair; with room it must.
        node.process.start()?;
        sleep(pause).await;
        node.process.kill().await?;
        node.process.start()?;
    }
    disk.empty(node.process.id()?).await?;
    if fault == Fault::KillOnFullDisk {
        node.process.kill().await?;
        node.come_back().await?;
    }
    Ok(())
}
