//! What this node wants to hear of: a subject while somebody here listens to it.

use std::sync::PoisonError;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::{Nodes, Says};
use crate::live::{Fanout, Subject};

/// How long a new listener waits for NATS to know of it …
const PATIENCE: Duration = Duration::from_secs(1);
/// … and this node for its own echo, before it asks again.
const ECHO: Duration = Duration::from_secs(2);

/// Keeps a subject subscribed to until it is dropped.
pub struct Interest {
    registered: watch::Receiver<bool>,
    _task: AbortOnDropHandle<()>,
}

impl Interest {
    pub fn start(fanout: Fanout, nodes: Nodes, subject: Subject) -> Self {
        let (registered, is_registered) = watch::channel(false);
        let task = AbortOnDropHandle::new(tokio::spawn(keep(fanout, nodes, subject, registered)));
        Self { registered: is_registered, _task: task }
    }

    /// Resolves once whatever any node says on the subject arrives here.
    pub fn registered(&self) -> impl Future<Output = ()> + use<> {
        let mut registered = self.registered.clone();
        async move {
            let _or_gone = timeout(PATIENCE, registered.wait_for(|is_registered| *is_registered)).await;
        }
    }
}

async fn keep(fanout: Fanout, nodes: Nodes, subject: Subject, registered: watch::Sender<bool>) {
    let (begun, was_connected) = (Instant::now(), nodes.is_connected());
    let name = nodes.subject(subject);
    // This fails when the client is closed, and then for good.
    let Ok(mut letters) = nodes.client.subscribe(name).await else { return };
    {
        let mut echo = std::pin::pin!(nodes.echo());
        loop {
            tokio::select! {
                () = &mut echo => break,
                letter = letters.next() => match letter {
                    Some(letter) => fanout.receive(&nodes, subject, &letter.payload),
                    None => return,
                },
            }
        }
    }
    registered.send_replace(true);
    // Somebody may have gone live without waiting for this.
    if !was_connected || begun.elapsed() >= PATIENCE {
        fanout.have_look(subject);
    }
    while let Some(letter) = letters.next().await {
        fanout.receive(&nodes, subject, &letter.payload);
    }
}

impl Nodes {
    /// Resolves once NATS has done all that this node asked of it before: what it says to itself then comes back.
    pub(super) async fn echo(&self) {
        while !self.is_heard().await {}
    }

    /// Whether this node hears itself, within a while.
    pub(super) async fn is_heard(&self) -> bool {
        let number = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (heard, is_heard) = oneshot::channel();
        self.probes.lock().unwrap_or_else(PoisonError::into_inner).insert(number, heard);
        let _forgotten_at_the_end = Probe(self, number);
        let question = async {
            let payload = self.letter(Says::Probe { number }, "");
            if self.client.publish(self.own_subject(), payload).await.is_err() {
                // The client is closed: this must not ask in a hurry for ever.
                sleep(ECHO).await;
            }
            is_heard.await.is_ok()
        };
        timeout(ECHO, question).await.unwrap_or(false)
    }

    /// A probe came back.
    pub(super) fn note_echo(&self, number: u64) {
        if let Some(heard) = self.probes.lock().unwrap_or_else(PoisonError::into_inner).remove(&number) {
            let _gone = heard.send(());
        }
    }
}

struct Probe<'a>(&'a Nodes, u64);

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        self.0.probes.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
