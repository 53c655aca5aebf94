//! The worker: sorts what is in the outbox into lanes, takes lanes that are due, and sends what waits in them.
//!
//! Each webhook for which something is due has a courier of its own (see [`super::courier`]). What a dead process held is given back
//! when its time is up.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::{Timestamp, WebhookId};
use futures::FutureExt as _;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::courier::{Call, Courier, UNREADABLE};
use super::log;
use super::retry::Schedule;
use crate::clock::{Clock, random_secret};
use crate::storage::{Beat, DUE_LANES, Storage, StorageError, WORKER_LIFE};
use crate::telemetry::causes;

/// How often a worker looks although nothing woke it: another process may have queued something, or died.
const TICK: Duration = Duration::from_secs(1);
/// From one look to the next, however often it is called …
const REST: Duration = Duration::from_millis(10);
/// … and where much happens: what is sorted together costs less, and those who post pay for it.
const LONG_REST: Duration = Duration::from_millis(100);
/// Events in one look that are much.
const MUCH: u64 = 20;
/// How often it says that it is alive while it holds something; it is believed for three times as long.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How often what waits is counted.
const CENSUS: Duration = Duration::from_secs(15);
/// Attempts under way from which on a webhook gets only one: sockets are not without end, and nobody may starve.
const CROWDED: usize = 256;
/// How long attempts may go on once draining.
const GRACE: Duration = Duration::from_secs(5);
/// How far the clocks of nodes may be apart, and be set back, before somebody minds.
const SKEW: Duration = Duration::from_mins(1);

/// What a worker needs.
pub struct Worker {
    pub storage: Storage,
    pub clock: Clock,
    pub client: Client,
    pub schedule: Schedule,
    /// How long finished deliveries are kept.
    pub log_days: u32,
    pub draining: CancellationToken,
}

/// Starts the worker; it ends, having given back what it held, after draining began.
pub fn start(worker: Worker) -> JoinHandle<()> {
    tokio::spawn(async move {
        let pruning = tokio::spawn(log::keep_short(
            worker.storage.clone(),
            worker.clock.clone(),
            worker.log_days,
            worker.draining.clone(),
        ));
        Dispatcher::new(worker).run().await;
        pruning.abort();
    })
}

/// Shared by the dispatcher and its couriers.
pub struct Post {
    pub worker: Worker,
    /// This worker's name in the database.
    pub name: String,
    /// Attempts under way, by webhook.
    held: Mutex<HashMap<WebhookId, usize>>,
}

struct Dispatcher {
    post: Arc<Post>,
    couriers: HashMap<WebhookId, Call>,
    running: JoinSet<WebhookId>,
    beats: Beats,
}

impl Dispatcher {
    fn new(worker: Worker) -> Self {
        let post = Post { worker, name: random_secret(), held: Mutex::default() };
        Self { post: Arc::new(post), couriers: HashMap::new(), running: JoinSet::new(), beats: Beats::default() }
    }

    async fn run(mut self) {
        let mut queued = self.post.worker.storage.queued();
        let heart = tokio::spawn(beat(self.post.clone()));
        let census = tokio::spawn(count(self.post.worker.storage.clone()));
        loop {
            let looked = tokio::time::Instant::now();
            let (wait, rest) = match self.look().await {
                Ok(pauses) => pauses,
                Err(error) => {
                    tracing::error!(error = causes(&error), "webhooks can't be looked after");
                    (TICK, REST)
                }
            };
            tokio::select! {
                () = self.post.worker.draining.cancelled() => break,
                // Without a writer there is nothing to deliver either.
                changed = queued.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(wait) => {}
                // Something may have become due in the very moment in which it found nothing more.
                Some(ended) = self.running.join_next(), if !self.running.is_empty() => {
                    if let Ok(webhook) = ended {
                        self.couriers.remove(&webhook);
                    }
                }
            }
            // Under load every commit calls; couriers that are under way find the next lane by themselves.
            tokio::time::sleep_until(looked + rest).await;
        }
        census.abort();
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            // Their events are sent again, under the same ids.
            self.running.shutdown().await;
        }
        heart.abort();
        let name = self.post.name.clone();
        let retired =
            self.post.worker.storage.write(move |tx| Box::pin(async move { tx.retire_worker(&name).await })).await;
        if let Err(error) = retired {
            tracing::warn!(error = causes(&error), "unfinished webhook deliveries go on in some seconds only");
        }
    }

    /// Sorts what is new and sends couriers for what is due; says when to look again, and how soon at the earliest.
    async fn look(&mut self) -> Result<(Duration, Duration), StorageError> {
        let post = self.post.clone();
        let (storage, now) = (&post.worker.storage, post.worker.clock.now());
        let mut reader = storage.read().await?;
        let dead = self.beats.silent(reader.webhook_workers().await?, Instant::now());
        if !dead.is_empty() {
            drop(reader);
            storage.write(move |tx| Box::pin(async move { tx.release_workers(&dead).await })).await?;
            reader = storage.read().await?;
        }
        let mut rest = REST;
        if reader.has_unsorted_events().await? {
            drop(reader);
            if sort(storage).await? > MUCH {
                rest = LONG_REST;
            }
            reader = storage.read().await?;
        }
        let due = reader.due_webhooks(now).await?;
        drop(reader);
        let mut wait = TICK;
        let latest = post.latest(now);
        for webhook in due {
            if webhook.last > latest {
                let id = webhook.id;
                storage.write(move |tx| Box::pin(async move { tx.hurry_lanes(id, latest, now).await })).await?;
                wait = REST;
            }
            if webhook.lanes > 0 {
                self.send_courier(webhook.id);
            }
            if let Some(pause) = until(now, webhook.next) {
                wait = wait.min(pause);
            }
        }
        Ok((wait, rest))
    }

    /// Calls the courier of `webhook`, or sends one.
    fn send_courier(&mut self, webhook: WebhookId) {
        if let Some(call) = self.couriers.get(&webhook) {
            return call.notify_one();
        }
        let call = Call::default();
        self.couriers.insert(webhook, call.clone());
        let courier = Courier { post: self.post.clone(), webhook, call };
        self.running.spawn(async move {
            // Whatever ends it, another one may be sent.
            if AssertUnwindSafe(courier.run()).catch_unwind().await.is_err() {
                tracing::error!(webhook.id = %webhook, "what delivers to a webhook panicked");
            }
            webhook
        });
    }
}

/// Sorts all that is in the outbox, in batches between which other writes get their turn; gives how many events there were.
async fn sort(storage: &Storage) -> Result<u64, StorageError> {
    let mut all = 0;
    loop {
        let (count, has_more) = storage.write(|tx| Box::pin(async move { tx.sort_events().await })).await?;
        all += count;
        if !has_more {
            return Ok(all);
        }
    }
}

/// How long until `then`; `None` when it has passed.
fn until(now: Timestamp, then: Timestamp) -> Option<Duration> {
    u64::try_from(then.millis() - now.millis()).ok().filter(|millis| *millis > 0).map(Duration::from_millis)
}

/// What workers said last, and when that was first read here: clocks of machines differ and are set, what passes here does not.
#[derive(Default)]
struct Beats(HashMap<String, (Timestamp, Instant)>);

impl Beats {
    /// Those of `beats`, which are all there are at `now`, that have been the same for too long.
    fn silent(&mut self, beats: Vec<Beat>, now: Instant) -> Vec<Beat> {
        let mut known = HashMap::with_capacity(beats.len());
        let mut silent = Vec::new();
        for (worker, until) in beats {
            let same = self.0.remove(&worker).filter(|(said, _)| *said == until);
            let since = same.map_or(now, |(_, since)| since);
            if now.duration_since(since) >= WORKER_LIFE {
                silent.push((worker.clone(), until));
            }
            known.insert(worker, (until, since));
        }
        self.0 = known;
        silent
    }
}

impl Post {
    /// No lane has a reason to wait for longer than until then; one that does was put off by a clock that was ahead.
    fn latest(&self, now: Timestamp) -> Timestamp {
        now.plus(self.worker.schedule.longest().max(UNREADABLE) + SKEW)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<WebhookId, usize>> {
        // Nothing under this lock can leave the map half changed.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The attempts that a courier has under way, as others count them; given up when it ends, however that comes.
pub struct Hands {
    post: Arc<Post>,
    webhook: WebhookId,
}

impl Hands {
    pub fn of(post: &Arc<Post>, webhook: WebhookId) -> Self {
        post.held().insert(webhook, 0);
        Self { post: post.clone(), webhook }
    }

    /// How many more attempts may begin while there are `own`.
    pub fn free(&self, own: usize) -> usize {
        allowance(self.post.held().values().sum()).saturating_sub(own)
    }

    pub fn hold(&mut self, own: usize) {
        self.post.held().insert(self.webhook, own);
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.post.held().remove(&self.webhook);
    }
}

/// Attempts that a webhook may have under way while there are `all` of them.
fn allowance(all: usize) -> usize {
    if all < CROWDED { DUE_LANES } else { 1 }
}

/// Says that this worker is alive, while it holds anything.
async fn beat(post: Arc<Post>) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        if post.held().is_empty() {
            continue;
        }
        let (name, now) = (post.name.clone(), post.worker.clock.now());
        let kept = post.worker.storage.write(move |tx| Box::pin(async move { tx.keep_worker(&name, now).await })).await;
        if let Err(error) = kept {
            tracing::warn!(error = causes(&error), "a webhook worker could not say that it is alive");
        }
    }
}

/// Counts what waits, for the figures.
async fn count(storage: Storage) {
    loop {
        let pending = async { storage.read().await?.pending_deliveries().await };
        if let Ok(pending) = pending.await {
            metrics::gauge!("parlor_webhook_deliveries_pending").set(pending);
        }
        tokio::time::sleep(CENSUS).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_new_is_dead_whatever_the_clock_says() {
        let (mut beats, begun) = (Beats::default(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        let says = |worker: &str, until| (worker.to_owned(), Timestamp::from_millis(until));
        let (alive, dead) = (|until| says("alive", until), says("dead", i64::MAX));
        assert!(beats.silent(vec![alive(9), dead.clone()], at(0)).is_empty());
        assert!(beats.silent(vec![alive(7), dead.clone()], at(5)).is_empty());
        assert_eq!(beats.silent(vec![alive(8), dead.clone()], at(6)), std::slice::from_ref(&dead));
        assert_eq!(beats.silent(vec![alive(9)], at(7)), []);
        assert!(beats.silent(vec![dead], at(20)).is_empty(), "one that came back is looked at anew");
    }
}
