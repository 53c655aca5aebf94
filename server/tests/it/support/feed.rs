//! A listener on `/events`.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::DEADLINE;

pub struct Feed {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Feed {
    /// Connects, says hello and waits for the greeting: from then on nothing is missed.
    pub async fn open(url: &str, cookie: &str, since: Option<(&str, u64)>) -> Self {
        let mut hello = json!({ "type": "hello", "since": {} });
        if let Some((conversation, seq)) = since {
            hello["since"][conversation] = seq.into();
        }
        let mut feed = Self::connect(url, &[("cookie", cookie)]).await;
        feed.say(&hello).await;
        assert_eq!(feed.next().await.unwrap()["type"], "hello");
        feed
    }

    pub async fn connect(url: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Self { socket: connect_async(request).await.unwrap().0 }
    }

    pub async fn say(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame but heartbeats; `None` at the end.
    pub async fn next(&mut self) -> Option<Value> {
        // Heartbeats are no reason to wait longer.
        let deadline = Instant::now() + DEADLINE;
        loop {
            let frame = timeout_at(deadline, self.socket.next()).await.expect("a frame comes in time")?;
            match frame {
                Ok(Message::Text(text)) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] != "beat" {
                        return Some(frame);
                    }
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next event's number and text (empty for what is no message).
    pub async fn event(&mut self) -> (u64, String) {
        let event = self.next().await.expect("an event");
        let text = event["payload"]["message"]["content"]["text"].as_str().unwrap_or_default().to_owned();
        (event["seq"].as_u64().unwrap_or_default(), text)
    }

    /// The close code, once all frames are read.
    pub async fn close_code(&mut self) -> Option<u16> {
        let deadline = Instant::now() + DEADLINE;
        while let Some(Ok(frame)) = timeout_at(deadline, self.socket.next()).await.expect("it closes in time") {
            if let Message::Close(frame) = frame {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    }

    /// Whether nothing comes for a while.
    pub async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.next()).await.is_err()
    }
}
