//! A receiver of webhooks on the load's core: counts, watches the order, and can be made to hold its answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify};

/// Nothing takes longer, or something is broken.
const DEADLINE: Duration = Duration::from_mins(2);

pub struct Receiver {
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    taken: AtomicUsize,
    out_of_order: AtomicUsize,
    /// The last number by conversation.
    newest: Mutex<HashMap<String, u64>>,
    is_held: AtomicBool,
    released: Notify,
}

impl Receiver {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(take).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, shared })
    }

    /// Answers nobody until released.
    pub fn hold(&self) {
        self.shared.is_held.store(true, Ordering::SeqCst);
    }

    pub fn release(&self) {
        self.shared.is_held.store(false, Ordering::SeqCst);
        self.shared.released.notify_waiters();
    }

    pub fn taken(&self) -> usize {
        self.shared.taken.load(Ordering::SeqCst)
    }

    /// Events that came before one that happened earlier in the same conversation, or a second time.
    pub fn out_of_order(&self) -> usize {
        self.shared.out_of_order.load(Ordering::SeqCst)
    }

    /// Waits until `count` events were taken.
    pub async fn wait_for(&self, count: usize) -> Result<()> {
        let all = async {
            while self.taken() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        Ok(tokio::time::timeout(DEADLINE, all).await?)
    }
}

/// Texts end in a number that grows in each conversation.
async fn take(State(shared): State<Arc<Shared>>, body: String) -> &'static str {
    loop {
        let released = shared.released.notified();
        if !shared.is_held.load(Ordering::SeqCst) {
            break;
        }
        released.await;
    }
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let payload = &body["events"][0]["payload"];
    let text = payload["message"]["content"]["text"].as_str().unwrap_or_default();
    if let Some(number) = text.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()) {
        let conversation = payload["conversation"]["id"].as_str().unwrap_or_default().to_owned();
        let mut newest = shared.newest.lock().await;
        let before = newest.insert(conversation, number);
        if before.is_some_and(|before| before >= number) {
            shared.out_of_order.fetch_add(1, Ordering::SeqCst);
        }
    }
    shared.taken.fetch_add(1, Ordering::SeqCst);
    "ok"
}
