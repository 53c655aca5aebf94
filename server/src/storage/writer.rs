//! Group commit: one task owns the writing connection and takes all waiting writes into one transaction.
//!
//! It commits at once when idle and never waits for company: under load the next group is simply what came in while the
//! last one was being synced. A write that fails leaves no trace of itself and none on its neighbours (see [`Tx`]).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};

use super::tx::Outcome;
use super::{StorageError, Tx};
use crate::telemetry::causes;

/// Writes that may wait. Half a second's worth: whoever comes when there are so many is sent away at once.
const QUEUE: usize = 4096;
/// And so is whoever would wait longer than this: it is better to hear no early than late.
const PATIENCE: Duration = Duration::from_secs(2);
/// Writes that share a commit at most, so that nobody's answer waits for too many others.
const GROUP: usize = 256;
/// How long work that nobody waits for lets others go first, while there are any.
const BACK_SEAT: Duration = Duration::from_millis(20);

/// What is left to do for a write once the group's fate is known.
type Finish = Box<dyn FnOnce(Result<(), StorageError>) + Send>;
/// A write: whether to keep what it did, and how to answer.
type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Finish)> + Send>;

enum Order {
    Write(Job),
    Close(oneshot::Sender<()>),
}

#[derive(Clone)]
pub struct Writer {
    orders: mpsc::Sender<Order>,
    background: mpsc::Sender<Job>,
    commits: watch::Receiver<()>,
    queued: watch::Receiver<()>,
    load: Arc<Load>,
    /// Whether its writes go behind others, and wait as long as it takes.
    is_patient: bool,
}

/// How busy the writer is; times are in milliseconds since it started.
struct Load {
    started: Instant,
    /// When the group at hand was begun; 0 while there is none.
    begun: AtomicU64,
    /// How long the last group took.
    took: AtomicU64,
}

impl Load {
    fn new() -> Self {
        Self { started: Instant::now(), begun: AtomicU64::new(0), took: AtomicU64::new(0) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    fn begin(&self) {
        self.begun.store(self.now(), Ordering::Relaxed);
    }

    fn end(&self) {
        let begun = self.begun.swap(0, Ordering::Relaxed);
        self.took.store(self.now().saturating_sub(begun), Ordering::Relaxed);
    }

    /// How long a write that comes now is likely to wait behind `queued` others.
    fn wait(&self, queued: usize) -> Duration {
        let groups = u64::try_from(queued / GROUP).unwrap_or(u64::MAX);
        let at_hand = match self.begun.load(Ordering::Relaxed) {
            0 => 0,
            begun => self.now().saturating_sub(begun),
        };
        Duration::from_millis(at_hand.saturating_add(groups.saturating_mul(self.took.load(Ordering::Relaxed))))
    }
}

impl Writer {
    pub fn start(tx: Tx) -> Self {
        let (orders, foreground) = mpsc::channel(QUEUE);
        let (background, behind) = mpsc::channel(QUEUE);
        let (committed, commits) = watch::channel(());
        let (told, queued) = watch::channel(());
        let load = Arc::new(Load::new());
        let waiting = Waiting { foreground, background: behind, came: Instant::now(), last_order: None };
        tokio::spawn(work(tx, waiting, committed, told, load.clone()));
        Self { orders, background, commits, queued, load, is_patient: false }
    }

    /// The same for work that nobody waits for: others go first, and its writes are never sent away.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { is_patient: true, ..self.clone() }
    }

    /// Whether it still takes orders.
    pub fn is_running(&self) -> bool {
        !self.orders.is_closed()
    }

    /// Changes with every commit; ends with the writer.
    pub fn commits(&self) -> watch::Receiver<()> {
        self.commits.clone()
    }

    /// Changes with every commit that gave webhooks something to be told; ends with the writer.
    pub fn queued(&self) -> watch::Receiver<()> {
        self.queued.clone()
    }

    pub async fn run<T, E, F, A>(&self, work: F, after: A) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let result = work(tx).await;
                let keep = result.is_ok();
                let finish: Finish = Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result.inspect(after),
                        // A write that failed by itself keeps its own reason.
                        Err(error) => result.and_then(|_| Err(E::from(error))),
                    };
                    // A caller that went away does not undo its write.
                    let _gone = answer.send(result);
                });
                (keep, finish)
            })
        });
        let closed = || E::from(StorageError::Unavailable(None));
        if self.is_patient {
            self.background.send(job).await.map_err(|_| closed())?;
        } else {
            let queued = self.orders.max_capacity() - self.orders.capacity();
            let is_slow = self.load.wait(queued) > PATIENCE;
            let is_full = || matches!(self.orders.try_send(Order::Write(job)), Err(TrySendError::Full(_)));
            if is_slow || is_full() {
                metrics::counter!("parlor_shed_total").increment(1);
                tracing::debug!(queued, "a write was sent away");
                return Err(closed());
            }
        }
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.orders.send(Order::Close(done)).await.is_ok() {
            let _closed = closed.await;
        }
    }
}

/// What waits to be written.
struct Waiting {
    foreground: mpsc::Receiver<Order>,
    background: mpsc::Receiver<Job>,
    /// When the background had its last turn.
    came: Instant,
    /// Who wants to hear that all is written, and the database closed.
    last_order: Option<oneshot::Sender<()>>,
}

impl Waiting {
    /// What goes into one commit; `None` once nothing more can come.
    async fn group(&mut self) -> Option<Vec<Job>> {
        let mut group = Vec::new();
        let is_foreground = tokio::select! {
            biased;
            Some(order) = self.foreground.recv() => {
                self.add(order, &mut group);
                true
            }
            Some(job) = self.background.recv() => {
                group.push(job);
                false
            }
            else => return None,
        };
        while group.len() < GROUP
            && let Ok(order) = self.foreground.try_recv()
        {
            self.add(order, &mut group);
        }
        if !is_foreground || self.came.elapsed() >= BACK_SEAT {
            self.came = Instant::now();
            while group.len() < GROUP
                && let Ok(job) = self.background.try_recv()
            {
                group.push(job);
            }
        }
        Some(group)
    }

    fn add(&mut self, order: Order, group: &mut Vec<Job>) {
        match order {
            Order::Write(job) => group.push(job),
            Order::Close(done) => {
                self.foreground.close();
                self.background.close();
                self.last_order = Some(done);
            }
        }
    }
}

async fn work(
    mut tx: Tx,
    mut waiting: Waiting,
    committed: watch::Sender<()>,
    queued: watch::Sender<()>,
    load: Arc<Load>,
) {
    while let Some(group) = waiting.group().await {
        metrics::gauge!("parlor_storage_queue").set(u32::try_from(waiting.foreground.len()).unwrap_or(u32::MAX));
        load.begin();
        commit_group(&mut tx, group).await;
        load.end();
        committed.send_replace(());
        if tx.take_queued() {
            queued.send_replace(());
        }
    }
    if let Err(error) = tx.into_connection().close().await {
        tracing::warn!(%error, "the writing connection did not close cleanly");
    }
    if let Some(done) = waiting.last_order {
        let _gone = done.send(());
    }
}

async fn commit_group(tx: &mut Tx, group: Vec<Job>) {
    if group.is_empty() {
        return;
    }
    metrics::histogram!("parlor_storage_writes_per_commit").record(u32::try_from(group.len()).unwrap_or(u32::MAX));
    if let Err(error) = tx.begin().await {
        // The jobs never ran, so nobody holds their answers: dropping them tells the callers.
        tracing::error!(error = causes(&error), "cannot begin a transaction");
        drop(group);
        return;
    }
    let is_alone = group.len() == 1;
    let mut finishes = Vec::with_capacity(group.len());
    let mut fate = Ok(Outcome::Settled);
    for job in group {
        tx.begin_write(is_alone);
        let ran = AssertUnwindSafe(job(tx)).catch_unwind().await;
        fate = tx.end_write(ran.as_ref().is_ok_and(|(keep, _)| *keep)).await;
        if let Ok((_, finish)) = ran {
            finishes.push(finish);
        } else {
            tracing::error!("a write panicked; what it did was undone");
        }
        if !matches!(fate, Ok(Outcome::Settled)) {
            break;
        }
    }
    let committed = match fate {
        Ok(Outcome::Settled) => tx.commit().await,
        Ok(Outcome::Spoiled) if is_alone => tx.rollback().await,
        Ok(Outcome::Spoiled) => Err(StorageError::Unavailable(None)),
        Err(error) => Err(error),
    };
    if let Err(error) = &committed {
        tracing::error!(error = causes(error), writes = finishes.len(), "a group of writes was not committed");
        // After a failed COMMIT the transaction may or may not be open still; a second rollback is harmless.
        let _already_rolled_back = tx.rollback().await;
    }
    for finish in finishes {
        finish(if committed.is_ok() { Ok(()) } else { Err(StorageError::Unavailable(None)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_behind_many_groups_waits_for_all_of_them() {
        let load = Load::new();
        assert_eq!(load.wait(QUEUE), Duration::ZERO, "nothing is known to be slow");
        load.took.store(300, Ordering::Relaxed);
        assert_eq!(load.wait(GROUP - 1), Duration::ZERO);
        assert_eq!(load.wait(GROUP * 3), Duration::from_millis(900));
    }

    fn job() -> Job {
        Box::new(|_| Box::pin(async { (true, Box::new(|_| {}) as Finish) }))
    }

    /// Sizes of the groups in which three that are waited for and two that are not go, if the latter had their turn `ago`.
    async fn groups(ago: Duration) -> Vec<usize> {
        let ((orders, foreground), (jobs, background)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        for _ in 0..3 {
            assert!(orders.send(Order::Write(job())).await.is_ok());
        }
        for _ in 0..2 {
            assert!(jobs.send(job()).await.is_ok());
        }
        drop((orders, jobs));
        let came = Instant::now().checked_sub(ago).expect("the clock has run for some minutes");
        let mut waiting = Waiting { foreground, background, came, last_order: None };
        let mut sizes = Vec::new();
        while let Some(group) = waiting.group().await {
            sizes.push(group.len());
        }
        sizes
    }

    #[tokio::test]
    async fn what_nobody_waits_for_goes_behind_others_but_not_for_ever() {
        assert_eq!(groups(Duration::ZERO).await, [3, 2]);
        assert_eq!(groups(BACK_SEAT).await, [5]);
    }
}
