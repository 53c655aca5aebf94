//! Webhooks: how fast events leave, in order in each conversation, and what they cost those who post.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::sync::Mutex;

use super::{TURNS, answered_per_second, schedule};
use crate::http::Connection;
use crate::parlor::{JSON, Parlor, Visitor, says};
use crate::receiver::Receiver;
use crate::report::Report;
use crate::stats::percentile;
use crate::store::Store;

/// Senders, each in a conversation of its own, so that its numbers only grow.
const SENDERS: usize = 64;
/// Posts a second that leave the server time for more.
const RATE: u32 = 1000;
const PACED_SECONDS: u32 = 3;

/// A server with senders, and maybe a webhook.
struct Shop {
    parlor: Parlor,
    visitors: Vec<Visitor>,
    sent: AtomicUsize,
}

impl Shop {
    async fn open(store: &Store) -> Result<Self> {
        let parlor = Parlor::start_with(store, &["--webhook-allow", "127.0.0.0/8"]).await?;
        let mut visitors = Vec::new();
        for _ in 0..SENDERS {
            visitors.push(parlor.visitor().await?);
        }
        Ok(Self { parlor, visitors, sent: AtomicUsize::new(0) })
    }

    async fn add_webhook(&self, target: &str) -> Result<()> {
        let webhook = json!({ "target": target, "triggers": ["conversation:message"] });
        let body = json!({ "type": "custom", "webhooks": [webhook] }).to_string();
        let mut connection = self.connect().await?;
        let answer = connection.post(&format!("/v2/apps/{}/integrations", self.parlor.app), JSON, &body).await?;
        ensure!(answer.status == 201, "a webhook made");
        Ok(())
    }

    async fn connect(&self) -> Result<Connection> {
        let mut connection = self.parlor.connect().await?;
        connection.headers.clone_from(&self.parlor.authorization);
        Ok(connection)
    }

    async fn connections(&self) -> Result<Vec<Connection>> {
        let mut connections = Vec::new();
        for _ in 0..SENDERS {
            connections.push(self.connect().await?);
        }
        Ok(connections)
    }

    async fn post(&self, index: usize, connection: &mut Connection) -> Result<()> {
        let path = self.parlor.messages_path(&self.visitors[index]);
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let text = format!("Your parcel left our warehouse this morning and should be with you by Thursday. {number}");
        ensure!(connection.post(&path, JSON, &says(&text)).await?.status == 201, "a message posted");
        Ok(())
    }

    /// All senders post as fast as they can.
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    async fn saturate(&self, cost: &mut Cost) -> Result<()> {
        let server = &self.parlor.server;
        let (sent, cpu, written) = (self.sent(), server.cpu_ms()?, server.written_bytes()?);
        let ask = async |index: usize, connection: &mut Connection| self.post(index, connection).await;
        cost.per_second.push(answered_per_second(self.connections().await?, ask).await?);
        let posts = (self.sent() - sent) as f64;
        cost.cpu_us.push((server.cpu_ms()? - cpu) as f64 * 1000.0 / posts);
        cost.written_kb.push((server.written_bytes()? - written) as f64 / 1024.0 / posts);
        Ok(())
    }

    /// Milliseconds that posts take while [`RATE`] are due each second, sorted.
    async fn latencies(&self) -> Result<Vec<f64>> {
        let (schedule, due) = schedule(RATE * PACED_SECONDS, RATE);
        let due = Mutex::new(due);
        let posting = self.connections().await?.into_iter().enumerate().map(|(index, mut connection)| {
            let due = &due;
            async move {
                let mut latencies = Vec::new();
                loop {
                    let Some(_number) = due.lock().await.recv().await else { return Ok::<_, anyhow::Error>(latencies) };
                    let begun = Instant::now();
                    self.post(index, &mut connection).await?;
                    latencies.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
            }
        });
        let mut latencies = futures::future::try_join_all(posting).await?.concat();
        schedule.await?;
        latencies.sort_by(f64::total_cmp);
        Ok(latencies)
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

/// What posting takes, a figure a turn.
#[derive(Default)]
struct Cost {
    per_second: Vec<f64>,
    /// Of the whole server, a post.
    cpu_us: Vec<f64>,
    written_kb: Vec<f64>,
}

/// How long posting takes at a working load, a figure a turn.
#[derive(Default)]
struct Wait {
    median: Vec<f64>,
    tail: Vec<f64>,
}

impl Wait {
    async fn turn(&mut self, shop: &Shop) -> Result<()> {
        let latencies = shop.latencies().await?;
        self.median.push(percentile(&latencies, 50.0));
        self.tail.push(percentile(&latencies, 99.0));
        Ok(())
    }
}

pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let receiver = Receiver::start().await?;
    let (plain, hooked) = (Shop::open(store).await?, Shop::open(store).await?);
    hooked.add_webhook(&receiver.url).await?;
    saturated(report, &receiver, &plain, &hooked).await?;
    let (mut with, mut without) = (Wait::default(), Wait::default());
    for _ in 0..TURNS {
        with.turn(&hooked).await?;
        receiver.wait_for(hooked.sent()).await?;
        without.turn(&plain).await?;
    }
    let posting = format!("posting at {RATE}/s with a webhook that is delivered meanwhile, against none");
    report.ratio(&format!("{posting}, p50"), &with.median, &without.median, "ms", "1.25 at most");
    report.ratio(&format!("{posting}, p99"), &with.tail, &without.tail, "ms", "");
    ensure!(receiver.taken() == hooked.sent(), "each event once: {} of {}", receiver.taken(), hooked.sent());
    ensure!(receiver.out_of_order() == 0, "{} events out of order", receiver.out_of_order());
    hooked.parlor.server.stop().await?;
    plain.parlor.server.stop().await
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
async fn saturated(report: &mut Report, receiver: &Receiver, plain: &Shop, hooked: &Shop) -> Result<()> {
    let (mut with, mut held, mut without) = (Cost::default(), Cost::default(), Cost::default());
    let mut drained = Vec::new();
    for _ in 0..TURNS {
        hooked.saturate(&mut with).await?;
        // Nothing is under way while the other has its turn.
        receiver.wait_for(hooked.sent()).await?;
        plain.saturate(&mut without).await?;
        receiver.hold();
        hooked.saturate(&mut held).await?;
        let (before, begun) = (receiver.taken(), Instant::now());
        receiver.release();
        receiver.wait_for(hooked.sent()).await?;
        drained.push((hooked.sent() - before) as f64 / begun.elapsed().as_secs_f64());
    }
    report.spread("webhook events delivered, in order by conversation", &drained, "events/s", "2000 at least");
    let posting = "posting with a webhook, receiver silent meanwhile, against none";
    report.ratio(posting, &held.per_second, &without.per_second, "sends/s", "0.75 at least");
    report.ratio(&format!("{posting}: CPU"), &held.cpu_us, &without.cpu_us, "µs a send", "");
    report.ratio(&format!("{posting}: written"), &held.written_kb, &without.written_kb, "kB a send", "");
    let posting = "posting with a webhook that is delivered meanwhile, against none";
    report.ratio(posting, &with.per_second, &without.per_second, "sends/s", "");
    report.ratio(&format!("{posting}: CPU"), &with.cpu_us, &without.cpu_us, "µs a send", "");
    Ok(())
}
