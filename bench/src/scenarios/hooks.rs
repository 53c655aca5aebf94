//! Webhooks: how fast events leave, in order in each conversation, and what they cost those who post.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use super::{TURNS, answered_per_second};
use crate::http::Connection;
use crate::parlor::{JSON, Parlor, Visitor, says};
use crate::receiver::Receiver;
use crate::report::Report;

/// Senders, each in a conversation of its own, so that its numbers only grow.
const SENDERS: usize = 64;

/// A server with senders, and maybe a webhook.
struct Shop {
    parlor: Parlor,
    visitors: Vec<Visitor>,
    sent: AtomicUsize,
    /// Goes with the server.
    _data: TempDir,
}

impl Shop {
    async fn open() -> Result<Self> {
        let data = TempDir::new()?;
        let parlor = Parlor::start_with(data.path(), &["--webhook-allow", "127.0.0.0/8"]).await?;
        let mut visitors = Vec::new();
        for _ in 0..SENDERS {
            visitors.push(parlor.visitor().await?);
        }
        Ok(Self { parlor, visitors, sent: AtomicUsize::new(0), _data: data })
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

    /// Messages accepted per second while all senders post.
    async fn posts_per_second(&self) -> Result<f64> {
        let mut connections = Vec::new();
        for _ in 0..SENDERS {
            connections.push(self.connect().await?);
        }
        let ask = async |index: usize, connection: &mut Connection| {
            let path = self.parlor.messages_path(&self.visitors[index]);
            let number = self.sent.fetch_add(1, Ordering::SeqCst);
            let text =
                format!("Your parcel left our warehouse this morning and should be with you by Thursday. {number}");
            ensure!(connection.post(&path, JSON, &says(&text)).await?.status == 201, "a message posted");
            Ok(())
        };
        answered_per_second(connections, ask).await
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub async fn run(report: &mut Report) -> Result<()> {
    let receiver = Receiver::start().await?;
    let (plain, hooked) = (Shop::open().await?, Shop::open().await?);
    hooked.add_webhook(&receiver.url).await?;
    let (mut with, mut with_held, mut without, mut drained) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        with.push(hooked.posts_per_second().await?);
        // Nothing is under way while the other has its turn.
        receiver.wait_for(hooked.sent()).await?;
        without.push(plain.posts_per_second().await?);
        receiver.hold();
        with_held.push(hooked.posts_per_second().await?);
        let (before, begun) = (receiver.taken(), Instant::now());
        receiver.release();
        receiver.wait_for(hooked.sent()).await?;
        drained.push((hooked.sent() - before) as f64 / begun.elapsed().as_secs_f64());
    }
    ensure!(receiver.taken() == hooked.sent(), "each event once: {} of {}", receiver.taken(), hooked.sent());
    ensure!(receiver.out_of_order() == 0, "{} events out of order", receiver.out_of_order());
    let median = crate::stats::Spread::of(&drained).median;
    report.figure("webhook events delivered, in order by conversation", median, "events/s", "2000 at least");
    report.ratio("posting with a webhook that is delivered meanwhile, against none", &with, &without, "sends/s", "");
    report.ratio("posting with a webhook, against none", &with_held, &without, "sends/s", "0.75 at least");
    hooked.parlor.server.stop().await?;
    plain.parlor.server.stop().await
}
