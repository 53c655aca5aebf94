//! Listeners, who count as a page does: what they have is passed over, and after a gap they come back and ask.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use bench::shop::Visitor;
use fastrand::Rng;
use futures::StreamExt as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::load::Stage;

/// A line that is silent for longer is dead: there is a heartbeat every 15 s.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a listener waits to be let in.
const PATIENCE: Duration = Duration::from_secs(3);

/// How events come.
#[derive(Debug, Clone, Copy)]
pub enum Carrier {
    WebSocket,
    EventStream,
}

/// What a listener has seen.
#[derive(Default)]
pub struct View {
    /// Ids of messages, the first that of number 1.
    pub messages: Vec<String>,
    pub connections: u64,
    /// Events that it had.
    pub repeated: u64,
    /// Events that came before their turn.
    pub gaps: u64,
    /// What may not be.
    pub wrong: Vec<String>,
}

/// What to do after an event.
enum Next {
    Listen,
    Reconnect,
}

impl View {
    fn take(&mut self, event: &Value, conversation: &str) -> Next {
        match event["type"].as_str() {
            Some("reload") => {
                self.wrong.push(format!("was told at number {} that the log has less", self.messages.len()));
                return Next::Reconnect;
            }
            Some("reconnect") => return Next::Reconnect,
            _ => {}
        }
        let (Some(seq), Some(id)) = (event["seq"].as_u64(), event["payload"]["message"]["id"].as_str()) else {
            return Next::Listen;
        };
        if event["conversation"]["id"] != conversation {
            self.wrong.push(format!("heard of another conversation: {event}"));
            return Next::Listen;
        }
        let Some(index) = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1)) else {
            self.wrong.push(format!("heard an event without a number: {event}"));
            return Next::Listen;
        };
        if index > self.messages.len() {
            self.gaps += 1;
            return Next::Reconnect;
        }
        match self.messages.get(index) {
            None => self.messages.push(id.to_owned()),
            Some(known) if known == id => self.repeated += 1,
            Some(known) => self.wrong.push(format!("number {seq} was {known} and is {id}")),
        }
        Next::Listen
    }
}

pub struct Listener {
    pub conversation: String,
    pub carrier: Carrier,
    view: Arc<Mutex<View>>,
    task: AbortHandle,
}

impl Listener {
    /// Listens to the conversation of `visitor` from its beginning, for good.
    pub fn start(stage: Arc<Stage>, visitor: Visitor, carrier: Carrier, mut rng: Rng) -> Self {
        let view: Arc<Mutex<View>> = Arc::default();
        let (shared, conversation) = (view.clone(), visitor.conversation.clone());
        let task = tokio::spawn(async move {
            loop {
                let way = stage.way(&mut rng).to_owned();
                let ear = Ear { way: &way, stage: &stage, visitor: &visitor, view: &shared };
                // Whatever ends a line, the next one begins where it ended.
                let _ended = match carrier {
                    Carrier::WebSocket => ear.socket().await,
                    Carrier::EventStream => ear.stream().await,
                };
                sleep(Duration::from_millis(20 + rng.u64(..200))).await;
            }
        });
        Self { conversation, carrier, view, task: task.abort_handle() }
    }

    pub fn view(&self) -> MutexGuard<'_, View> {
        lock(&self.view)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One line to a node.
struct Ear<'a> {
    way: &'a str,
    stage: &'a Stage,
    visitor: &'a Visitor,
    view: &'a Mutex<View>,
}

impl Ear<'_> {
    /// The path to listen at, and from where on.
    fn path(&self) -> (String, String) {
        let path = format!("/events?integration={}", self.stage.keys.integration);
        let mut view = lock(self.view);
        view.connections += 1;
        (path, format!("{}:{}", self.visitor.conversation, view.messages.len()))
    }

    fn take(&self, text: &str) -> Result<Next> {
        Ok(lock(self.view).take(&serde_json::from_str(text)?, &self.visitor.conversation))
    }

    async fn socket(&self) -> Result<()> {
        let (path, since) = self.path();
        let mut request = format!("ws://{}{path}&since={since}", self.way).into_client_request()?;
        let cookie = self.visitor.cookie.trim().trim_start_matches("cookie: ").parse()?;
        request.headers_mut().insert("cookie", cookie);
        let (mut socket, _) = timeout(PATIENCE, connect_async(request)).await??;
        loop {
            let frame = timeout(SILENCE, socket.next()).await?.context("the end")??;
            if let Message::Text(text) = frame
                && let Next::Reconnect = self.take(&text)?
            {
                return Ok(());
            }
        }
    }

    async fn stream(&self) -> Result<()> {
        let (path, since) = self.path();
        let mut stream = TcpStream::connect(self.way).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\nlast-event-id: {since}\r\n{}\r\n",
            self.way, self.visitor.cookie
        );
        stream.write_all(request.as_bytes()).await?;
        // Each event is a chunk of its own, so that its lines are whole.
        let mut lines = BufReader::new(stream).lines();
        let status = timeout(PATIENCE, lines.next_line()).await??.context("a status")?;
        ensure!(status.contains(" 200 "), "{status}");
        loop {
            let line = timeout(SILENCE, lines.next_line()).await??.context("the end")?;
            if let Some(text) = line.strip_prefix("data: ")
                && let Next::Reconnect = self.take(text)?
            {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(seq: u64, id: &str) -> Value {
        let message = json!({ "message": { "id": id } });
        json!({ "type": "conversation:message", "conversation": { "id": "c" }, "seq": seq, "payload": message })
    }

    #[test]
    fn a_listener_counts() {
        let mut view = View::default();
        for (seq, id) in [(1, "a"), (2, "b"), (1, "a")] {
            assert!(matches!(view.take(&event(seq, id), "c"), Next::Listen));
        }
        assert!(matches!(view.take(&event(4, "d"), "c"), Next::Reconnect), "after a gap it comes back");
        assert_eq!((view.messages.as_slice(), view.repeated, view.gaps), (["a".into(), "b".into()].as_slice(), 1, 1));
        assert!(view.wrong.is_empty());
        view.take(&event(2, "other"), "c");
        view.take(&event(3, "x"), "of somebody else");
        view.take(&json!({ "type": "reload" }), "c");
        assert_eq!((view.wrong.len(), view.messages.len()), (3, 2));
    }
}
