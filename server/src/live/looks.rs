//! Where hints can't be relied on: every listener is asked to look at the log, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::time::timeout;

use super::Fanout;

/// Listeners that look at the same time, so that requests find a free connection.
const AT_ONCE: usize = 4;
/// How long a round may take before the next begins all the same: one slow line must not hold up all others.
const ROUND: Duration = Duration::from_secs(10);

/// Asks a listener to compare what it was told with the log.
#[derive(Debug, Clone)]
pub struct Look {
    gate: Arc<Semaphore>,
    /// The round is over when the last one is dropped.
    _open: Option<mpsc::Sender<()>>,
}

impl Look {
    /// One that nobody waits for.
    pub fn single() -> Self {
        Self { gate: Arc::new(Semaphore::new(AT_ONCE)), _open: None }
    }

    /// A place among those who look, as long as it is held.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.gate.acquire().await.ok()
    }
}

/// Has all listeners look, and waits until they did.
pub async fn round(fanout: &Fanout) {
    let (open, mut over) = mpsc::channel(1);
    fanout.have_all_look(&Look { _open: Some(open), ..Look::single() });
    let _unless_one_is_slow = timeout(ROUND, over.recv()).await;
}
