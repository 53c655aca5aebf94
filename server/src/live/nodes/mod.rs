//! The other nodes over the same database, as NATS joins them: who hears what, at most once; the log is the truth.

mod address;
mod interest;
mod letter;
mod link;
mod receipts;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::Client;
use bytes::Bytes;
use domain::{AppId, UserId};
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use address::NatsUrl;
pub use interest::Interest;
pub use letter::{Change, Letter, Says};
pub use receipts::OnReached;
use receipts::Receipts;

use super::{Fanout, Hint, Subject};
use crate::clock::random_bytes;

/// Letters that may wait to be sent. What comes on top is dropped: nobody's request waits for NATS.
const QUEUE: usize = 4096;
/// Letters that may wait on one subject to be read.
const SUBJECT_QUEUE: usize = 8192;
/// How soon a line is known to be dead that says nothing: after about three of these.
const PING: Duration = Duration::from_secs(5);
/// Between tries to connect, at most.
const RETRY: Duration = Duration::from_secs(2);
/// How long the last letters may take to leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// A handle on the line to the other nodes; cheap to clone.
#[derive(Clone)]
pub struct Nodes(Arc<Shared>);

pub struct Shared {
    client: Client,
    /// Separates this database's nodes from others on the same NATS.
    cluster: String,
    /// This node's name, drawn at its start.
    name: String,
    outgoing: mpsc::Sender<Outgoing>,
    is_connected: watch::Receiver<bool>,
    /// Probes on their way, by number.
    probes: Mutex<HashMap<u64, oneshot::Sender<()>>>,
    next: AtomicU64,
    receipts: Receipts,
}

enum Outgoing {
    Letter(String, Bytes),
    /// The last: says when all before it left.
    End(oneshot::Sender<()>),
}

impl Deref for Nodes {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// This node's part among the others; given up when dropped.
pub struct Membership {
    nodes: Nodes,
    _tasks: JoinSet<()>,
}

impl Membership {
    /// Waits a moment until what was said last is on its way.
    pub async fn end(self) {
        let (done, is_done) = oneshot::channel();
        let farewell = async {
            if self.nodes.outgoing.send(Outgoing::End(done)).await.is_ok() {
                let _gone = is_done.await;
            }
        };
        let _in_time = timeout(FAREWELL, farewell).await;
    }
}

/// Joins the nodes over the database with this `epoch`: what they say goes to `fanout`, what they changed to `on_change`.
/// NATS may be out of reach; then this node goes on trying.
/// # Errors
/// When no connection can be set up at all.
pub async fn join(
    fanout: &Fanout,
    url: &NatsUrl,
    epoch: &str,
    on_change: impl Fn(&Change) + Send + Sync + 'static,
) -> anyhow::Result<(Nodes, Membership)> {
    let name = hex::encode(random_bytes::<8>());
    let (told, events) = mpsc::channel(64);
    let options = url
        .options()
        .name(format!("parlor {name}"))
        .retry_on_initial_connect()
        .ping_interval(PING)
        .subscription_capacity(SUBJECT_QUEUE)
        .reconnect_delay_callback(|tries| {
            let power = u32::try_from(tries.min(8)).unwrap_or(8);
            RETRY.min(Duration::from_millis(10) * 2_u32.pow(power))
        })
        .event_callback(move |event| {
            let told = told.clone();
            async move { drop(told.send(event).await) }
        });
    let client = options.connect(url.servers()).await?;
    let (outgoing, waiting) = mpsc::channel(QUEUE);
    let (link, is_connected) = watch::channel(false);
    let nodes = Nodes(Arc::new(Shared {
        client: client.clone(),
        cluster: hex::encode(&Sha256::digest(epoch)[..8]),
        name,
        outgoing,
        is_connected: is_connected.clone(),
        probes: Mutex::default(),
        next: AtomicU64::default(),
        receipts: Receipts::default(),
    }));
    let lost = Arc::new(Notify::new());
    let mut tasks = JoinSet::new();
    tasks.spawn(send(client, waiting));
    tasks.spawn(link::watch(nodes.clone(), events, link, lost.clone()));
    tasks.spawn(link::keep_looking(fanout.clone(), is_connected.clone(), lost));
    tasks.spawn(hear(fanout.clone(), nodes.clone(), on_change));
    let mut connected = is_connected;
    let _or_later = timeout(link::START, connected.wait_for(|connected| *connected)).await;
    Ok((nodes.clone(), Membership { nodes, _tasks: tasks }))
}

/// Sends what waits, in order.
async fn send(client: Client, mut waiting: mpsc::Receiver<Outgoing>) {
    while let Some(outgoing) = waiting.recv().await {
        match outgoing {
            Outgoing::Letter(subject, letter) => {
                if client.publish(subject, letter).await.is_err() {
                    dropped(1);
                }
            }
            Outgoing::End(done) => {
                let _flushed = client.flush().await;
                let _gone = done.send(());
            }
        }
    }
}

/// Hears what is said to this node, and to all.
async fn hear(fanout: Fanout, nodes: Nodes, on_change: impl Fn(&Change) + Send + Sync + 'static) {
    let all = nodes.client.subscribe(nodes.subject_of_all()).await;
    let own = nodes.client.subscribe(nodes.own_subject()).await;
    let (Ok(all), Ok(own)) = (all, own) else { return };
    let mut letters = futures::stream::select(all, own);
    while let Some(message) = letters.next().await {
        let Some(letter) = Letter::read(&message.payload) else { continue };
        match letter.says {
            Says::Probe { number } if letter.from == nodes.name => nodes.note_echo(number),
            _ if letter.from == nodes.name => {}
            Says::Reached { receipt, user } => nodes.receipts.note(receipt, user),
            Says::Changed { change } => on_change(&change),
            Says::CutOffApp { app } => fanout.cut_off_app_here(app),
            Says::Hint { .. } | Says::CutOff | Says::Probe { .. } | Says::Unknown => {}
        }
    }
}

fn dropped(letters: u64) {
    metrics::counter!("parlor_nats_letters_dropped_total").increment(letters);
}

impl Nodes {
    /// Whether other nodes can be heard and hear this one.
    pub fn is_connected(&self) -> bool {
        *self.is_connected.borrow()
    }

    /// Whether `letter` is this node's own.
    pub fn is_own(&self, letter: &Letter<'_>) -> bool {
        letter.from == self.name
    }

    /// Hands `hint` to the listeners of `users` and of `app` at other nodes. With `on_reached` it is told of every user of theirs
    /// who took it, but those who are `known`.
    pub fn pass_on(&self, app: AppId, users: &[UserId], hint: &Hint, known: &[UserId], on_reached: Option<OnReached>) {
        if !self.is_connected() {
            return dropped(users.len() as u64 + 1);
        }
        let receipt = on_reached.map(|on_reached| self.receipts.open(known, on_reached));
        let letter = self.letter(Says::Hint { receipt }, &hint.json);
        for subject in users.iter().copied().map(Subject::User).chain([Subject::App(app)]) {
            self.post(self.subject(subject), letter.clone());
        }
    }

    /// Tells the node that wrote `letter` that its hint reached `user`.
    pub fn confirm(&self, letter: &Letter<'_>, receipt: u64, user: UserId) {
        self.post(self.subject_of(&letter.from), self.letter(Says::Reached { receipt, user }, ""));
    }

    /// Has other nodes cut off the listeners of `user`.
    pub fn cut_off(&self, user: UserId) {
        self.post(self.subject(Subject::User(user)), self.letter(Says::CutOff, ""));
    }

    /// The same for `app` and its users.
    pub fn cut_off_app(&self, app: AppId) {
        self.post(self.subject_of_all(), self.letter(Says::CutOffApp { app }, ""));
    }

    /// Tells other nodes that this is not as it was.
    pub fn announce(&self, change: Change) {
        self.post(self.subject_of_all(), self.letter(Says::Changed { change }, ""));
    }

    /// Never waits; what can't be sent now is dropped.
    fn post(&self, subject: String, letter: Bytes) {
        if !self.is_connected() || self.outgoing.try_send(Outgoing::Letter(subject, letter)).is_err() {
            dropped(1);
        }
    }

    fn letter(&self, says: Says, event: &str) -> Bytes {
        Letter::write(&self.name, says, event).into()
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::User(user) => format!("parlor.{}.user.{user}", self.cluster),
            Subject::App(app) => format!("parlor.{}.app.{app}", self.cluster),
        }
    }

    fn subject_of(&self, node: &str) -> String {
        format!("parlor.{}.node.{node}", self.cluster)
    }

    fn own_subject(&self) -> String {
        self.subject_of(&self.name)
    }

    fn subject_of_all(&self) -> String {
        format!("parlor.{}.nodes", self.cluster)
    }
}
