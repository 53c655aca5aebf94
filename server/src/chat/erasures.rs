//! Forgetting people in conversations that stay: some entries of one log at a time, so that others write in between. How far it
//! is stands in the database, so that it goes on after a restart.

use std::time::Duration;

use super::{Chat, ChatError};
use crate::telemetry::causes;

/// How often it is looked although nobody called: what another process began is found within this time.
const LOOK: Duration = Duration::from_secs(10);
/// Entries of a log in one write.
const ERASED_AT_ONCE: u32 = 200;

impl Chat {
    /// Has what is to be forgotten be looked for now.
    pub(super) fn erase_soon(&self) {
        self.erase.notify_one();
    }

    /// Forgets what is to be forgotten, for as long as this is polled.
    pub async fn erase_people(&self) {
        let mut is_failing = false;
        loop {
            match self.erase_now().await {
                Ok(()) => is_failing = false,
                // Once, not every few seconds until it is mended.
                Err(error) if !is_failing => {
                    is_failing = true;
                    tracing::error!(error = causes(&error), "people could not be forgotten; trying on");
                }
                Err(_) => {}
            }
            let _called_or_not = tokio::time::timeout(LOOK, self.erase.notified()).await;
        }
    }

    /// Forgets all that is to be forgotten.
    pub async fn erase_now(&self) -> Result<(), ChatError> {
        let storage = self.storage.patient();
        loop {
            // The connection is given back before anything is written: others want to read meanwhile.
            let next = storage.read().await?.next_erasure().await?;
            let Some(erasure) = next else { return Ok(()) };
            let erase = storage
                .write(move |tx| Box::pin(async move { Ok::<_, ChatError>(tx.erase(erasure, ERASED_AT_ONCE).await?) }));
            erase.await?;
        }
    }
}
