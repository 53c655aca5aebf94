//! Acknowledged durable sends, 64 at once: through the API as the business, and through the page's function as visitors.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, ensure};
use serde_json::json;

use super::{TURN, TURNS, answered_per_second, start_bare};
use crate::http::Connection;
use crate::nats::Nats;
use crate::parlor::{JSON, Parlor, Visitor, says, sentence};
use crate::pgbench::Pgbench;
use crate::process::Server;
use crate::report::Report;
use crate::store::Store;

const CONNECTIONS: usize = 64;
const WHAT: &str = "durable sends, 64 at once,";

pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    match store {
        Store::Sqlite => beside_bare(report).await,
        Store::Postgres(server) => beside_pgbench(report, store, server).await,
    }
}

async fn beside_bare(report: &mut Report) -> Result<()> {
    let senders = Senders::start(&Store::Sqlite, &[]).await?;
    let folder = senders.parlor.folder();
    let bare = start_bare(&folder.join("bare.db"), &folder.join("none")).await?;
    let (mut by_api, mut by_page, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        by_api.push(senders.by_api(&[&senders.parlor.server]).await?);
        by_page.push(senders.by_page().await?);
        let ask = async |_, connection: &mut Connection| {
            ensure!(connection.post("/send/room", JSON, &says(&senders.text())).await?.status == 200, "a row stored");
            Ok(())
        };
        theirs.push(answered_per_second(open(&[&bare], |_| String::new()).await?, ask).await?);
    }
    let bar = "0.3 at least, aim 0.5";
    report.ratio(&format!("{WHAT} through the API, against bare"), &by_api, &theirs, "sends/s", bar);
    report.ratio(&format!("{WHAT} through the page, against bare"), &by_page, &theirs, "sends/s", bar);
    bare.stop().await?;
    senders.parlor.server.stop().await
}

async fn beside_pgbench(report: &mut Report, store: &Store, server: &str) -> Result<()> {
    let nats = Nats::start().await?;
    let flags = [nats.flag.as_str()];
    let senders = Senders::start(store, &flags).await?;
    let pgbench = Pgbench::make(server, CONNECTIONS).await?;
    let (mut by_api, mut by_page, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        by_api.push(senders.by_api(&[&senders.parlor.server]).await?);
        by_page.push(senders.by_page().await?);
        theirs.push(pgbench.transactions_per_second(TURN).await?);
    }
    let bar = "0.5 at least";
    report.ratio(&format!("{WHAT} through the API, against pgbench"), &by_api, &theirs, "sends/s", bar);
    report.ratio(&format!("{WHAT} through the page, against pgbench"), &by_page, &theirs, "sends/s", bar);
    let other = senders.parlor.another_node(&flags).await?;
    let (mut two, mut one) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        two.push(senders.by_api(&[&senders.parlor.server, &other]).await?);
        one.push(senders.by_api(&[&senders.parlor.server]).await?);
    }
    report.ratio(&format!("{WHAT} through two nodes, against one"), &two, &one, "sends/s", "");
    other.stop().await?;
    senders.parlor.server.stop().await?;
    nats.stop().await
}

/// Those who send, each in a conversation of its own.
struct Senders {
    parlor: Parlor,
    visitors: Vec<Visitor>,
    sent: AtomicUsize,
}

impl Senders {
    async fn start(store: &Store, flags: &[&str]) -> Result<Self> {
        let parlor = Parlor::start_with(store, flags).await?;
        let mut visitors = Vec::new();
        for _ in 0..CONNECTIONS {
            visitors.push(parlor.visitor().await?);
        }
        Ok(Self { parlor, visitors, sent: AtomicUsize::new(0) })
    }

    fn text(&self) -> String {
        sentence(self.sent.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends per second as the business, spread over `nodes`.
    async fn by_api(&self, nodes: &[&Server]) -> Result<f64> {
        let connections = open(nodes, |_| self.parlor.authorization.clone()).await?;
        let ask = async |index: usize, connection: &mut Connection| {
            let path = self.parlor.messages_path(&self.visitors[index]);
            ensure!(connection.post(&path, JSON, &says(&self.text())).await?.status == 201, "a message posted");
            Ok(())
        };
        answered_per_second(connections, ask).await
    }

    /// Sends per second as the visitors.
    async fn by_page(&self) -> Result<f64> {
        let connections = open(&[&self.parlor.server], |index| self.visitors[index].cookie.clone()).await?;
        let ask = async |_, connection: &mut Connection| {
            let text = self.text();
            let client_id = text.split(':').next().unwrap_or_default().replace(' ', "-");
            let body = json!({
                "visitor": { "integration": self.parlor.integration, "surface": "chat" },
                "client_id": client_id,
                "say": { "text": text },
            });
            ensure!(
                connection.post("/fn/send_message", JSON, &body.to_string()).await?.status == 200,
                "a message sent"
            );
            Ok(())
        };
        answered_per_second(connections, ask).await
    }
}

async fn open(nodes: &[&Server], headers: impl Fn(usize) -> String) -> Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for (index, node) in nodes.iter().cycle().take(CONNECTIONS).enumerate() {
        let mut connection = Connection::open(&node.address).await?;
        connection.headers = headers(index);
        connections.push(connection);
    }
    Ok(connections)
}
