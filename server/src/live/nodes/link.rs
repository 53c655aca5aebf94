//! The line to NATS: whether it stands, what is said of it, and what listeners do meanwhile.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Event;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::sleep;

use super::Nodes;
use crate::live::{Fanout, looks};

/// How long a start waits for NATS before it goes on without.
pub const START: Duration = Duration::from_secs(2);

/// How often listeners look at the log while other nodes can't be heard …
const ALONE: Duration = Duration::from_secs(2);
/// … and while they can: a hint may be lost on the way, and nobody would know.
const CONNECTED: Duration = Duration::from_secs(30);
/// After a hint that is known to be lost: more may be.
const LOST: Duration = Duration::from_secs(1);

/// What this task knows of the line, said once each time it changes.
struct Line {
    link: watch::Sender<bool>,
    /// What was logged last.
    said: Option<bool>,
    /// Why it does not stand, as far as the client said.
    cause: Option<String>,
}

impl Line {
    fn stands(&mut self) {
        self.cause = None;
        metrics::gauge!("parlor_nats_connected").set(1);
        self.link.send_replace(true);
        if self.said.replace(true) != Some(true) {
            tracing::info!("joined the other nodes over NATS");
        }
    }

    fn is_down(&mut self) {
        metrics::gauge!("parlor_nats_connected").set(0);
        self.link.send_replace(false);
        if self.said.replace(false) != Some(false) {
            let cause = self.cause.as_deref().unwrap_or("no connection");
            tracing::warn!(
                cause,
                "NATS is out of reach: what other nodes say comes from the database until it is back"
            );
        }
    }
}

/// Follows what the client says of the line.
pub async fn watch(nodes: Nodes, mut events: mpsc::Receiver<Event>, stands: watch::Sender<bool>, lost: Arc<Notify>) {
    let mut line = Line { link: stands, said: None, cause: None };
    let mut has_connection = false;
    let mut start = pin!(sleep(START));
    loop {
        let is_settled = *line.link.borrow();
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::Connected) => has_connection = true,
                Some(Event::Disconnected | Event::Closed) => {
                    has_connection = false;
                    line.is_down();
                }
                Some(Event::ServerError(error)) => line.cause = Some(error.to_string()),
                Some(Event::ClientError(error)) => line.cause = Some(error.to_string()),
                Some(Event::SlowConsumer(_)) => {
                    metrics::counter!("parlor_nats_hints_lost_total").increment(1);
                    lost.notify_one();
                }
                Some(Event::LameDuckMode | Event::Draining) => {}
                None => return,
            },
            // A connection carries what was subscribed to before only once this has come back.
            is_heard = nodes.is_heard(), if has_connection && !is_settled => if is_heard { line.stands() },
            () = &mut start, if line.said.is_none() => line.is_down(),
        }
    }
}

/// Has listeners look at the log: at once when the line stands again, now and then else.
pub async fn keep_looking(fanout: Fanout, mut link: watch::Receiver<bool>, lost: Arc<Notify>) {
    loop {
        let pause = if *link.borrow_and_update() { CONNECTED } else { ALONE };
        tokio::select! {
            () = sleep(pause) => {}
            changed = link.changed() => match changed {
                Ok(()) if *link.borrow() => {}
                Ok(()) => continue,
                Err(_) => return,
            },
            () = lost.notified() => sleep(LOST).await,
        }
        looks::round(&fanout).await;
    }
}
