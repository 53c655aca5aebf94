//! From the moment a message is sent to the moment its listener has it: 100 listeners, each in a conversation of its own.
//! On SQLite beside the bare server, on PostgreSQL across two nodes beside one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{TURNS, schedule, start_bare};
use crate::http::Connection;
use crate::nats::Nats;
use crate::parlor::{JSON, Parlor, Visitor, says};
use crate::process::Server;
use crate::report::Report;
use crate::stats::percentile;
use crate::store::Store;

const LISTENERS: usize = 100;
/// Senders that share the schedule, so that one slow answer does not hold up the next send.
const SENDERS: usize = 32;
const TURN: Duration = Duration::from_secs(4);

/// Where to send to, and what to listen to.
struct Target {
    address: String,
    headers: String,
    /// A path to post to and a URL with a cookie to listen on, for each listener.
    rooms: Vec<(String, String, String)>,
}

impl Target {
    /// Sends to the server of `parlor`; the listeners are at `node`.
    fn of(parlor: &Parlor, node: &Server, visitors: &[Visitor]) -> Self {
        let events = format!("ws://{}/events?integration={}&since=", node.address, parlor.integration);
        let room = |visitor: &Visitor| {
            let cookie = visitor.cookie.trim().trim_start_matches("cookie: ").to_owned();
            (parlor.messages_path(visitor), events.clone(), cookie)
        };
        Self {
            address: parlor.server.address.clone(),
            headers: parlor.authorization.clone(),
            rooms: visitors.iter().map(room).collect(),
        }
    }

    fn of_bare(bare: &Server) -> Self {
        let room = |index| (format!("/send/{index}"), format!("ws://{}/listen/{index}", bare.address), String::new());
        Self { address: bare.address.clone(), headers: String::new(), rooms: (0..LISTENERS).map(room).collect() }
    }
}

pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    match store {
        Store::Sqlite => beside_bare(report).await,
        Store::Postgres(_) => across_nodes(report, store).await,
    }
}

async fn beside_bare(report: &mut Report) -> Result<()> {
    let parlor = Parlor::start(&Store::Sqlite).await?;
    let bare = start_bare(&parlor.folder().join("bare.db"), &parlor.folder().join("none")).await?;
    let ours = Target::of(&parlor, &parlor.server, &visitors(&parlor).await?);
    compare(report, "against bare", "2 at most", &ours, &Target::of_bare(&bare)).await?;
    bare.stop().await?;
    parlor.server.stop().await
}

/// From one node to listeners at another, and to those of its own.
async fn across_nodes(report: &mut Report, store: &Store) -> Result<()> {
    let nats = Nats::start().await?;
    let flags = [nats.flag.as_str()];
    let parlor = Parlor::start_with(store, &flags).await?;
    let other = parlor.another_node(&flags).await?;
    let visitors = visitors(&parlor).await?;
    let (here, there) = (Target::of(&parlor, &parlor.server, &visitors), Target::of(&parlor, &other, &visitors));
    compare(report, "across two nodes, against one", "3 at most", &there, &here).await?;
    other.stop().await?;
    parlor.server.stop().await?;
    nats.stop().await
}

async fn visitors(parlor: &Parlor) -> Result<Vec<Visitor>> {
    let mut visitors = Vec::new();
    for _ in 0..LISTENERS {
        visitors.push(parlor.visitor().await?);
    }
    Ok(visitors)
}

async fn compare(report: &mut Report, what: &str, bar: &'static str, ours: &Target, theirs: &Target) -> Result<()> {
    for rate in [200, 1000] {
        let (mut own, mut other) = (Vec::new(), Vec::new());
        let (mut own_median, mut other_median) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            for (target, tails, medians) in [(ours, &mut own, &mut own_median), (theirs, &mut other, &mut other_median)]
            {
                let latencies = latencies(target, rate).await?;
                medians.push(percentile(&latencies, 50.0));
                tails.push(percentile(&latencies, 99.0));
            }
        }
        report.ratio(&format!("send to seen at {rate}/s, {what}, p50"), &own_median, &other_median, "ms", "");
        report.ratio(&format!("send to seen at {rate}/s, {what}, p99"), &own, &other, "ms", bar);
    }
    Ok(())
}

/// Milliseconds from send to seen, sorted.
async fn latencies(target: &Target, rate: u32) -> Result<Vec<f64>> {
    let begun = Instant::now();
    let (seen, mut latencies) = mpsc::unbounded_channel();
    let mut listeners = Vec::new();
    for (_, url, cookie) in &target.rooms {
        let mut request = url.into_client_request()?;
        if !cookie.is_empty() {
            request.headers_mut().insert("cookie", cookie.parse()?);
        }
        let (mut socket, _) = connect_async(request).await?;
        if !cookie.is_empty() {
            ensure!(socket.next().await.is_some(), "a greeting");
        }
        let seen = seen.clone();
        listeners.push(tokio::spawn(async move {
            while let Some(Ok(Message::Text(text))) = socket.next().await {
                let Some(sent) =
                    text.split("sent=").nth(1).and_then(|rest| rest.split('.').next()?.parse::<u64>().ok())
                else {
                    continue;
                };
                let now = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
                if seen.send(now.saturating_sub(sent)).is_err() {
                    return;
                }
            }
        }));
    }
    drop(seen);
    let total = rate * u32::try_from(TURN.as_secs())?;
    let (schedule, due) = schedule(total, rate);
    let due = Arc::new(tokio::sync::Mutex::new(due));
    let mut senders = Vec::new();
    for _ in 0..SENDERS {
        let mut connection = Connection::open(&target.address).await?;
        connection.headers.clone_from(&target.headers);
        let due = due.clone();
        senders.push(async move {
            loop {
                let Some(number) = due.lock().await.recv().await else { return Ok::<(), anyhow::Error>(()) };
                let (path, ..) = &target.rooms[number % target.rooms.len()];
                let body = says(&format!("sent={}.", begun.elapsed().as_micros()));
                let answer = connection.post(path, JSON, &body).await?;
                ensure!(matches!(answer.status, 200 | 201), "a message sent");
            }
        });
    }
    futures::future::try_join_all(senders).await?;
    schedule.await?;
    let mut all = Vec::new();
    while all.len() < total as usize {
        let micros =
            tokio::time::timeout(Duration::from_secs(5), latencies.recv()).await.context("every message is seen")?;
        all.push(Duration::from_micros(micros.context("listeners stay")?).as_secs_f64() * 1000.0);
    }
    for listener in listeners {
        listener.abort();
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}
