//! `make faults`: what was acknowledged is there, once, in order and for everybody, whatever happens meanwhile.
//!
//! Two nodes over PostgreSQL and NATS, and one over SQLite, go through faults in the middle of their work, behind proxies that
//! cut, delay and double. After each, when everything has come to rest, the log is compared with what was acknowledged, and what
//! listeners and webhooks have with the log. The seed decides what happens; moments are the machine's own.

mod check;
mod disk;
mod fault;
mod ledger;
mod listener;
mod load;
mod node;
mod process;
mod proxy;
mod receiver;
mod request;
mod services;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use fastrand::Rng;
use serde_json::json;

use crate::disk::Disk;
use crate::fault::Fault;
use crate::node::FakeTime;
use crate::proxy::Harm;
use crate::services::Postgres;
use crate::world::{Plan, World, program};

/// Faults of two nodes, and of one, in the short form.
const SHORT: [usize; 2] = [7, 4];

#[derive(Parser)]
struct Arguments {
    /// Decides what happens; printed at the start
    #[arg(long)]
    seed: Option<u64>,

    /// Go through fewer faults, once each
    #[arg(long)]
    short: bool,

    /// How often to go through all faults
    #[arg(long, default_value_t = 3, conflicts_with = "short")]
    times: usize,

    /// Only faults whose description has these words
    #[arg(long, default_value = "")]
    only: String,
}

/// What was survived.
#[derive(Default)]
struct Survived {
    faults: u64,
    messages: u64,
    newcomers: usize,
    unanswered: u64,
    postponed: u64,
    listeners: usize,
    connections: u64,
    told: usize,
    told_again: u64,
    turned_away: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let ended = tokio::select! {
        ended = run(&arguments, seed) => ended,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}\nseed {seed}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, seed: u64) -> Result<()> {
    let begun = Instant::now();
    let (program, fake_time, harm) = (program()?, FakeTime::found(), Arc::new(Harm::default()));
    let mut rng = Rng::with_seed(seed);
    let mut survived = Survived::default();
    let mut plan = || Plan { program: &program, fake_time: fake_time.as_ref(), harm: harm.clone(), rng: rng.fork() };
    if fake_time.is_none() {
        println!("clocks do not jump: there is no libfaketime here (scripts/setup.sh test installs it)");
    }
    let faults = |all: &[Fault], short: usize| -> Vec<Fault> {
        let (all, times) = if arguments.short { (&all[..short], 1) } else { (all, arguments.times) };
        let wanted = |fault: &&Fault| {
            fault.to_string().contains(&arguments.only) && (fake_time.is_some() || !fault.needs_fake_time())
        };
        let once: Vec<Fault> = all.iter().filter(wanted).copied().collect();
        once.repeat(times)
    };
    let (of_nodes, of_one) = (faults(&Fault::OF_NODES, SHORT[0]), faults(&Fault::OF_ONE, SHORT[1]));
    match Postgres::given() {
        None => println!("no nodes over PostgreSQL: `scripts/postgres.sh` runs this beside one"),
        Some(postgres) => {
            if !of_nodes.is_empty() {
                println!("two nodes over PostgreSQL and NATS");
                let world = World::of_nodes(plan(), postgres).await.context("two nodes start")?;
                go_through(world, &of_nodes, &mut survived).await?;
            }
        }
    }
    if !of_one.is_empty() {
        let world = World::of_one(plan()).await.context("a node starts")?;
        let kind = world.disk.as_ref().map(Disk::kind).unwrap_or_default();
        println!("one node over SQLite; a full disk is {kind}");
        go_through(world, &of_one, &mut survived).await?;
    }
    if survived.faults == 0 {
        bail!("there was nothing to go through");
    }
    survived.print(&harm, seed, begun);
    Ok(())
}

async fn go_through(mut world: World, faults: &[Fault], survived: &mut Survived) -> Result<()> {
    for fault in faults {
        let (begun, before) = (Instant::now(), world.stage.ledger().messages);
        if let Err(error) = world.go_through(*fault).await {
            let kept = world.keep().map(|folder| folder.display().to_string()).unwrap_or_default();
            return Err(error.context(format!("not survived; the logs are in {kept}")));
        }
        survived.faults += 1;
        let messages = world.stage.ledger().messages - before;
        println!("  survived {fault}: {messages} messages, {:.1} s", begun.elapsed().as_secs_f64());
    }
    survived.add(&world);
    Ok(())
}

impl Survived {
    fn add(&mut self, world: &World) {
        let ledger = world.stage.ledger();
        self.messages += ledger.messages;
        self.newcomers += ledger.newcomers.len();
        self.unanswered += ledger.unanswered;
        self.postponed += ledger.postponed;
        for listener in &world.listeners {
            self.listeners += 1;
            self.connections += listener.view().connections;
        }
        let heard = world.receiver.heard();
        self.told += heard.told.len();
        self.told_again += heard.repeated;
        self.turned_away += heard.turned_away;
    }

    fn print(&self, harm: &Harm, seed: u64, begun: Instant) {
        let [cut, delayed, doubled] =
            [&harm.cut, &harm.delayed, &harm.doubled].map(|count| count.load(Ordering::Relaxed));
        println!(
            "survived {} faults; {} messages acknowledged, each there once, in order, on the screens of {} listeners ({} connections) \
             and told to webhooks ({} of them more than once, {} calls turned away); {} newcomers; {} tries without an answer, {} \
             postponed; requests cut {cut}, delayed {delayed}, doubled {doubled}",
            self.faults,
            self.messages,
            self.listeners,
            self.connections,
            self.told_again,
            self.turned_away,
            self.newcomers,
            self.unanswered,
            self.postponed,
        );
        let figures = json!({
            "seed": seed, "seconds": begun.elapsed().as_secs(), "faults": self.faults, "messages": self.messages,
            "newcomers": self.newcomers, "listeners": self.listeners, "connections": self.connections, "webhooks": self.told,
            "webhooksRepeated": self.told_again, "webhooksTurnedAway": self.turned_away, "unanswered": self.unanswered,
            "postponed": self.postponed, "cut": cut, "delayed": delayed, "doubled": doubled,
        });
        println!("{figures}");
    }
}
