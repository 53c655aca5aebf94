//! Senders: the business through the API, visitors as their pages do, and newcomers. Each sends again, under the same name, until
//! it is told that its message is there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bench::http::{Answer, Connection};
use bench::shop::{Hello, JSON, Keys, Visitor, says};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::ledger::Ledger;

/// How long a sender waits for an answer.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How long after the load has ended a message may still take.
const LAST: Duration = Duration::from_secs(30);
/// Newcomers in a round.
const NEWCOMERS: usize = 4;

/// What senders share.
pub struct Stage {
    pub keys: Keys,
    /// The proxies' addresses.
    pub ways: Vec<String>,
    ledger: Mutex<Ledger>,
}

impl Stage {
    pub fn new(keys: Keys, ways: Vec<String>) -> Self {
        Self { keys, ways, ledger: Mutex::default() }
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn messages_path(&self, conversation: &str) -> String {
        format!("/v2/apps/{}/conversations/{conversation}/messages", self.keys.app)
    }

    /// The way through one of the nodes.
    pub fn way(&self, rng: &mut Rng) -> &str {
        &self.ways[rng.usize(..self.ways.len())]
    }
}

/// Senders at work.
pub struct Load {
    over: watch::Sender<bool>,
    senders: JoinSet<()>,
}

impl Load {
    /// Three senders in the conversation of each of `visitors`, and newcomers; `round` goes into what they say.
    pub fn start(stage: &Arc<Stage>, visitors: &[Visitor], round: usize, rng: &mut Rng) -> Self {
        let (over, is_over) = watch::channel(false);
        let mut senders = JoinSet::new();
        for (place, visitor) in visitors.iter().enumerate() {
            for voice in [Voice::Visitor, Voice::Business, Voice::Business] {
                let name = format!("{round}-{place}-{}", senders.len());
                let sender = Sender { stage: stage.clone(), visitor: visitor.clone(), voice, name, rng: rng.fork() };
                senders.spawn(sender.speak(is_over.clone()));
            }
        }
        for number in 0..NEWCOMERS {
            let text = format!("newcomer-{round}-{number}");
            senders.spawn(arrive(stage.clone(), text, rng.fork(), is_over.clone()));
        }
        Self { over, senders }
    }

    /// Lets everybody come to an end.
    pub async fn stop(mut self) -> Result<()> {
        self.over.send_replace(true);
        while let Some(ended) = self.senders.join_next().await {
            ended.context("a sender ends well")?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy)]
enum Voice {
    Business,
    Visitor,
}

struct Sender {
    stage: Arc<Stage>,
    visitor: Visitor,
    voice: Voice,
    name: String,
    rng: Rng,
}

/// What became of a try.
enum Outcome {
    /// With the message's id.
    Acknowledged(String),
    Postponed,
    Refused(String),
}

impl Sender {
    async fn speak(mut self, over: watch::Receiver<bool>) {
        let mut number = 0;
        while !*over.borrow() {
            self.send(format!("{}-{number}", self.name), &over).await;
            number += 1;
            sleep(Duration::from_millis(self.rng.u64(..40))).await;
        }
    }

    /// Sends `text` until it is acknowledged; a few are given up.
    async fn send(&mut self, text: String, over: &watch::Receiver<bool>) {
        let conversation = self.visitor.conversation.clone();
        let mut last = None;
        loop {
            let way = self.stage.way(&mut self.rng).to_owned();
            let tried = timeout(ATTEMPT, self.attempt(&way, &text)).await;
            match tried {
                Ok(Ok(Outcome::Acknowledged(id))) => return self.stage.ledger().acknowledge(&conversation, text, id),
                Ok(Ok(Outcome::Refused(why))) => {
                    let mut ledger = self.stage.ledger();
                    ledger.wrong.push(format!("{text} was refused: {why}"));
                    return ledger.give_up(&conversation, text);
                }
                Ok(Ok(Outcome::Postponed)) => self.stage.ledger().postponed += 1,
                Ok(Err(_)) | Err(_) => self.stage.ledger().unanswered += 1,
            }
            if self.rng.u32(..20) == 0 {
                return self.stage.ledger().give_up(&conversation, text);
            }
            if *over.borrow() && last.get_or_insert_with(Instant::now).elapsed() > LAST {
                let mut ledger = self.stage.ledger();
                ledger.wrong.push(format!("{text} was not taken long after the fault"));
                return ledger.give_up(&conversation, text);
            }
            sleep(Duration::from_millis(20 + self.rng.u64(..100))).await;
        }
    }

    async fn attempt(&self, way: &str, text: &str) -> Result<Outcome> {
        let mut connection = Connection::open(way).await?;
        match self.voice {
            Voice::Business => {
                connection.headers = format!("{}idempotency-key: {text}\r\n", self.stage.keys.authorization);
                let path = self.stage.messages_path(&self.visitor.conversation);
                let answer = connection.post(&path, JSON, &says(text)).await?;
                Ok(outcome(&answer, 201, |body| &body["messages"][0]["id"]))
            }
            Voice::Visitor => {
                connection.headers.clone_from(&self.visitor.cookie);
                let page = json!({ "integration": self.stage.keys.integration, "surface": "chat" });
                let body = json!({ "visitor": page, "client_id": text, "say": { "text": text } }).to_string();
                let answer = connection.post("/fn/send_message", JSON, &body).await?;
                Ok(outcome(&answer, 200, |body| &body["entry"]["id"]))
            }
        }
    }
}

fn outcome(answer: &Answer, success: u16, id: impl Fn(&Value) -> &Value) -> Outcome {
    let refused = || Outcome::Refused(format!("{} {}", answer.status, answer.text()));
    if answer.status == 503 {
        return Outcome::Postponed;
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match id(&body).as_str() {
        Some(id) if answer.status == success => Outcome::Acknowledged(id.to_owned()),
        _ => refused(),
    }
}

/// Opens the page and sends its form with `text`, again and again until it is answered as it should be.
async fn arrive(stage: Arc<Stage>, text: String, mut rng: Rng, over: watch::Receiver<bool>) {
    sleep(Duration::from_millis(rng.u64(..3000))).await;
    let (mut hello, mut last) = (None, None);
    loop {
        let way = stage.way(&mut rng);
        let tried = async {
            let mut connection = Connection::open(way).await?;
            match &hello {
                None => {
                    hello = Some(Hello::write(&mut connection, &stage.keys.integration, &text).await?);
                    Ok(None)
                }
                Some(hello) => hello.send(&mut connection).await.map(|answer| Some(answer.status)),
            }
        };
        let problem = match timeout(ATTEMPT, tried).await {
            Ok(Ok(None)) => continue,
            Ok(Ok(Some(303))) => return stage.ledger().newcomers.push(text),
            Ok(Ok(Some(503))) => "503".to_owned(),
            Ok(Ok(Some(status))) => {
                return stage.ledger().wrong.push(format!("{text} was refused with {status}"));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer".to_owned(),
        };
        stage.ledger().unanswered += 1;
        if *over.borrow() && last.get_or_insert_with(Instant::now).elapsed() > LAST {
            return stage.ledger().wrong.push(format!("{text} could not arrive long after the fault: {problem}"));
        }
        sleep(Duration::from_millis(20 + rng.u64(..100))).await;
    }
}
