//! A receiver of webhooks that is not at its best: it refuses, hangs up and dawdles now and then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::request::Request;

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const REFUSED: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";

/// A message that was told of.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: String,
    pub conversation: String,
    pub message: String,
    pub text: String,
}

/// What was heard, in order.
#[derive(Default)]
pub struct Heard {
    /// The first time that each message was taken.
    pub told: Vec<Told>,
    /// The event by message: all calls for a message have the same.
    events: HashMap<String, String>,
    /// Calls for what was taken before.
    pub repeated: u64,
    /// Calls that were refused or not answered.
    pub turned_away: u64,
    /// What may not be.
    pub wrong: Vec<String>,
}

pub struct Receiver {
    pub url: String,
    heard: Arc<Mutex<Heard>>,
}

impl Receiver {
    pub async fn start(mut rng: Rng) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let shared = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (heard, rng) = (shared.clone(), rng.fork());
                tokio::spawn(async move {
                    // A sender that died in the middle sends again.
                    let _gone = serve(stream, heard, rng).await;
                });
            }
        });
        Ok(Self { url, heard })
    }

    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, heard: Arc<Mutex<Heard>>, mut rng: Rng) -> Result<()> {
    while let Some(request) = Request::read(&mut stream).await? {
        match rng.u32(..100) {
            0..5 => {
                lock(&heard).turned_away += 1;
                stream.write_all(REFUSED).await?;
                continue;
            }
            5..7 => {
                lock(&heard).turned_away += 1;
                return Ok(());
            }
            // Heard, but the sender does not learn of it.
            7..9 => {
                lock(&heard).take(request.body());
                return Ok(());
            }
            9..12 => sleep(Duration::from_millis(rng.u64(..200))).await,
            _ => {}
        }
        lock(&heard).take(request.body());
        stream.write_all(TAKEN).await?;
    }
    Ok(())
}

impl Heard {
    fn take(&mut self, body: &[u8]) {
        let call: Value = serde_json::from_slice(body).unwrap_or_default();
        let events = call["events"].as_array().cloned().unwrap_or_default();
        if events.is_empty() {
            self.wrong.push(format!("a webhook without events: {}", String::from_utf8_lossy(body)));
        }
        for event in events {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let payload = &event["payload"];
            let told = Told {
                event: text(&event["id"]),
                conversation: text(&payload["conversation"]["id"]),
                message: text(&payload["message"]["id"]),
                text: text(&payload["message"]["content"]["text"]),
            };
            match self.events.get(&told.message) {
                Some(first) if *first == told.event => self.repeated += 1,
                Some(first) => {
                    self.wrong.push(format!("message {} came as events {first} and {}", told.message, told.event));
                }
                None => {
                    self.events.insert(told.message.clone(), told.event.clone());
                    self.told.push(told);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_may_come_again_under_the_same_event_only() {
        let call = |event: &str, message: &str| {
            let payload =
                json!({ "conversation": { "id": "c" }, "message": { "id": message, "content": { "text": "hi" } } });
            json!({ "events": [{ "id": event, "payload": payload }] }).to_string()
        };
        let mut heard = Heard::default();
        for (event, message) in [("1", "a"), ("2", "b"), ("1", "a"), ("3", "b")] {
            heard.take(call(event, message).as_bytes());
        }
        assert_eq!(heard.told.iter().map(|told| told.message.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((heard.repeated, heard.wrong.len()), (1, 1));
    }
}
