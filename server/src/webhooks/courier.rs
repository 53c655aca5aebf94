//! One webhook's courier: has up to 16 attempts under way side by side, each at the first delivery of a lane, and writes what became of
//! all that have ended in one go, in which it takes as many lanes as it has hands free.
//!
//! So a busy webhook costs few writes, and the busier the database the fewer: what ends while one is under way goes into the next.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::WebhookId;
use futures::FutureExt as _;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::worker::{Hands, Post, Worker};
use super::{body, delivery};
use crate::storage::{Dispatch, Settled, StorageError};
use crate::telemetry::causes;

/// After a failed write, before the next try.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a lane rests whose first delivery can't be read.
pub const UNREADABLE: Duration = Duration::from_secs(10);

/// Tells a courier that there is more to do.
pub type Call = Arc<Notify>;

pub struct Courier {
    pub post: Arc<Post>,
    pub webhook: WebhookId,
    pub call: Call,
}

/// What is to be done in a lane.
enum Job {
    Send(Box<Dispatch>, String),
    /// Nothing more than to write this.
    Settle(Settled),
}

impl Courier {
    /// Sends what waits, until nothing is due and nothing is under way.
    pub async fn run(self) {
        let (mut attempts, mut settled) = (JoinSet::new(), Vec::new());
        let mut hands = Hands::of(&self.post, self.webhook);
        loop {
            let free = hands.free(attempts.len());
            if free > 0 || !settled.is_empty() {
                let Some(lanes) = self.next_lanes(std::mem::take(&mut settled), free).await else { return };
                for (lane, job) in self.jobs(lanes).await {
                    match job {
                        Job::Send(dispatch, body) => {
                            attempts.spawn(attempt(self.post.clone(), lane, dispatch, body));
                        }
                        Job::Settle(done) => settled.push(done),
                    }
                }
                hands.hold(attempts.len());
            }
            if attempts.is_empty() && settled.is_empty() {
                return;
            }
            if settled.is_empty() {
                tokio::select! {
                    Some(done) = attempts.join_next() => settled.extend(done.ok()),
                    () = self.call.notified() => {}
                }
            }
            while let Some(done) = attempts.try_join_next() {
                settled.extend(done.ok());
            }
            hands.hold(attempts.len());
        }
    }

    /// Writes what became of attempts and takes up to `most` lanes. What was sent must be written, so this does not give up while there
    /// is a database; `None` once it has to.
    async fn next_lanes(&self, settled: Vec<Settled>, most: usize) -> Option<Vec<String>> {
        let Post { worker, name, .. } = &*self.post;
        let settled = Arc::new(settled);
        loop {
            let most = if worker.draining.is_cancelled() { 0 } else { most };
            let (webhook, name, now, settled) = (self.webhook, name.clone(), worker.clock.now(), settled.clone());
            let written = worker.storage.write(move |tx| {
                Box::pin(async move { tx.settle_and_take(webhook, &settled, &name, now, most).await })
            });
            match written.await {
                Ok(lanes) => return Some(lanes),
                Err(error) if worker.draining.is_cancelled() => {
                    tracing::warn!(error = causes(&error), "a webhook delivery was not written down");
                    return None;
                }
                Err(_logged_by_the_writer) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// What is to be done in `lanes`, which are this worker's.
    async fn jobs(&self, lanes: Vec<String>) -> Vec<(String, Job)> {
        if lanes.is_empty() {
            return Vec::new();
        }
        let Worker { storage, clock, .. } = &self.post.worker;
        let now = clock.now();
        let read = async {
            let mut reader = storage.read().await?;
            let mut jobs = Vec::with_capacity(lanes.len());
            for (lane, dispatch) in reader.next_dispatches(self.webhook, &lanes).await? {
                let is_useless = delivery::is_old(&dispatch, now)
                    && reader.has_failed_before(self.webhook, &lane, dispatch.id).await?;
                let job = if is_useless {
                    Job::Settle(delivery::give_up(lane.clone(), &dispatch, now))
                } else {
                    let body = body(&mut reader, &dispatch).await?;
                    Job::Send(Box::new(dispatch), body)
                };
                jobs.push((lane, job));
            }
            Ok::<_, StorageError>(jobs)
        };
        let (mut jobs, due_at) = match read.await {
            // What was emptied meanwhile is given back at once.
            Ok(jobs) => (jobs, now),
            Err(error) => {
                tracing::error!(error = causes(&error), webhook.id = %self.webhook, "webhook deliveries can't be read");
                (Vec::new(), now.plus(UNREADABLE))
            }
        };
        for lane in lanes {
            if jobs.iter().all(|(known, _)| *known != lane) {
                jobs.push((lane.clone(), Job::Settle(Settled { lane, due_at, made: None })));
            }
        }
        jobs
    }
}

/// Makes an attempt in `lane`. One that panics is a fault of ours, and must not keep its lane for ever.
async fn attempt(post: Arc<Post>, lane: String, dispatch: Box<Dispatch>, body: String) -> Settled {
    let Worker { client, schedule, clock, .. } = &post.worker;
    let attempt = delivery::attempt(client, schedule, clock, lane.clone(), &dispatch, body);
    AssertUnwindSafe(attempt).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(webhook.id = %dispatch.webhook.id, "an attempt at a webhook panicked");
        Settled { lane, due_at: clock.now().plus(UNREADABLE), made: None }
    })
}
