//! Group commit: one task owns the writing connection and takes all waiting writes into one transaction.
//!
//! It commits at once when idle and never waits for company: under load the next group is simply what came in while the
//! last one was being synced. A write that fails leaves no trace of itself and none on its neighbours (see [`Tx`]).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::tx::Outcome;
use super::{StorageError, Tx};
use crate::telemetry::causes;

/// Writes that may wait. Half a second's worth: whoever comes when there are so many is sent away at once.
const QUEUE: usize = 4096;
/// And so is whoever would wait longer than this: it is better to hear no early than late.
const PATIENCE: Duration = Duration::from_secs(2);
/// Writes that share a commit at most, so that nobody's answer waits for too many others.
const GROUP: usize = 256;
/// How long work that nobody waits for rests after its turn while others are about.
struct BackSeat {
    least: Duration,
    /// Or as many times as long as its turn took.
    times: u32,
}
/// It takes a quarter of the time where the writer has some to spare …
const EASY: BackSeat = BackSeat { least: Duration::from_millis(5), times: 3 };
/// … and a tenth where so many others wait at once that each moment is theirs: what it leaves undone is done when it eases.
const BUSY: BackSeat = BackSeat { least: Duration::from_millis(40), times: 9 };
const MANY_AT_ONCE: usize = 8;
const LONGEST_BACK_SEAT: Duration = Duration::from_millis(500);
/// For so long after the last of the others, there are some: those who were just answered may be about to go on.
const QUIET: Duration = Duration::from_millis(2);

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
        let waiting = Waiting::new(foreground, behind);
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
    /// When anything of the foreground was last written, and how much at once.
    heard: Option<(Instant, usize)>,
    /// When the background has its next turn, however busy the foreground is.
    turn: Instant,
    /// Who wants to hear that all is written, and the database closed.
    last_order: Option<oneshot::Sender<()>>,
}

/// What goes into one commit.
#[derive(Default)]
struct Group {
    foreground: Vec<Job>,
    background: Vec<Job>,
}

impl Group {
    fn is_full(&self) -> bool {
        self.len() >= GROUP
    }

    fn len(&self) -> usize {
        self.foreground.len() + self.background.len()
    }
}

impl Waiting {
    fn new(foreground: mpsc::Receiver<Order>, background: mpsc::Receiver<Job>) -> Self {
        Self { foreground, background, heard: None, turn: Instant::now(), last_order: None }
    }

    /// What is to be written next; `None` once nothing more can come.
    async fn group(&mut self) -> Option<Group> {
        let mut group = Group::default();
        let next = self.heard.map_or(self.turn, |(heard, _)| self.turn.min(heard + QUIET));
        tokio::select! {
            biased;
            Some(order) = self.foreground.recv() => self.add(order, &mut group),
            Some(job) = received_from(next, &mut self.background) => group.background.push(job),
            else => return None,
        }
        while !group.is_full()
            && let Ok(order) = self.foreground.try_recv()
        {
            self.add(order, &mut group);
        }
        if !group.background.is_empty() || Instant::now() >= self.turn {
            while !group.is_full()
                && let Ok(job) = self.background.try_recv()
            {
                group.background.push(job);
            }
        }
        Some(group)
    }

    /// A group with so many jobs of each kind is written; those that nobody waits for took `spent`.
    fn written(&mut self, foreground: usize, background: usize, spent: Duration) {
        let now = Instant::now();
        if foreground > 0 {
            self.heard = Some((now, foreground));
        }
        if background > 0 {
            let is_busy = self.heard.is_some_and(|(_, at_once)| at_once >= MANY_AT_ONCE);
            let BackSeat { least, times } = if is_busy { BUSY } else { EASY };
            self.turn = now + spent.saturating_mul(times).clamp(least, LONGEST_BACK_SEAT);
        }
    }

    fn add(&mut self, order: Order, group: &mut Group) {
        match order {
            Order::Write(job) => group.foreground.push(job),
            Order::Close(done) => {
                self.foreground.close();
                self.background.close();
                self.last_order = Some(done);
            }
        }
    }
}

/// The next job that waits at `begin`, or comes later.
async fn received_from(begin: Instant, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    if Instant::now() < begin {
        tokio::time::sleep_until(begin).await;
    }
    jobs.recv().await
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
        let (foreground, background) = (group.foreground.len(), group.background.len());
        load.begin();
        let spent = commit_group(&mut tx, group).await;
        load.end();
        waiting.written(foreground, background, spent);
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

/// Gives how long the background took, and with it the commit where that is for nothing else.
async fn commit_group(tx: &mut Tx, group: Group) -> Duration {
    let (all, ahead) = (group.len(), group.foreground.len());
    if all == 0 {
        return Duration::ZERO;
    }
    metrics::histogram!("parlor_storage_writes_per_commit").record(u32::try_from(all).unwrap_or(u32::MAX));
    if let Err(error) = tx.begin().await {
        // The jobs never ran, so nobody holds their answers: dropping them tells the callers.
        tracing::error!(error = causes(&error), "cannot begin a transaction");
        return Duration::ZERO;
    }
    let is_alone = all == 1;
    let mut behind_from = Instant::now();
    let mut finishes = Vec::with_capacity(all);
    let mut fate = Ok(Outcome::Settled);
    for (at, job) in group.foreground.into_iter().chain(group.background).enumerate() {
        if at == ahead {
            behind_from = Instant::now();
        }
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
    let mut spent = behind_from.elapsed();
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
    if ahead == 0 {
        spent = behind_from.elapsed();
    }
    for finish in finishes {
        finish(if committed.is_ok() { Ok(()) } else { Err(StorageError::Unavailable(None)) });
    }
    spent
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

    /// Sizes of the groups in which three that are waited for and two that are not go, if the latter's last turn took `spent`, beside
    /// `others`, and was over `ago`.
    async fn groups(others: usize, spent: Duration, ago: Duration) -> Vec<(usize, usize)> {
        let ((orders, foreground), (jobs, background)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        for _ in 0..3 {
            assert!(orders.send(Order::Write(job())).await.is_ok());
        }
        for _ in 0..2 {
            assert!(jobs.send(job()).await.is_ok());
        }
        drop((orders, jobs));
        let mut waiting = Waiting::new(foreground, background);
        waiting.written(others, 1, spent);
        tokio::time::advance(ago).await;
        let mut sizes = Vec::new();
        while let Some(group) = waiting.group().await {
            sizes.push((group.foreground.len(), group.background.len()));
        }
        sizes
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_goes_behind_others_but_not_for_ever() {
        let ([apart, together], long) = ([vec![(3, 0), (0, 2)], vec![(3, 2)]], Duration::from_millis(30));
        for (others, BackSeat { least, times }) in [(1, EASY), (MANY_AT_ONCE, BUSY)] {
            assert_eq!(groups(others, Duration::ZERO, Duration::ZERO).await, apart);
            assert_eq!(groups(others, Duration::ZERO, least).await, together);
            assert_eq!(groups(others, long, least).await, apart, "who took long waits longer");
            assert_eq!(groups(others, long, long * times).await, together);
            assert_eq!(groups(others, Duration::from_hours(1), LONGEST_BACK_SEAT).await, together);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_waits_a_moment_for_those_who_were_just_answered() {
        let ((orders, foreground), (jobs, background)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        assert!(jobs.send(job()).await.is_ok());
        let mut waiting = Waiting::new(foreground, background);
        waiting.written(1, 1, Duration::ZERO);
        let goes_on = async {
            tokio::task::yield_now().await;
            assert!(orders.send(Order::Write(job())).await.is_ok());
        };
        let (group, ()) = tokio::join!(waiting.group(), goes_on);
        let group = group.expect("two wait");
        assert_eq!((group.foreground.len(), group.background.len()), (1, 0));
        let group = waiting.group().await.expect("one is left");
        assert_eq!((group.foreground.len(), group.background.len()), (0, 1));
    }
}
