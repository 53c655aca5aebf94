//! Deleting what an app keeps for a while only.

use std::time::Duration;

use domain::{AppId, Timestamp};

use super::{Chat, ChatError, Scope};
use crate::telemetry::causes;

/// How often conversations are looked through.
const LOOK: Duration = Duration::from_mins(1);
/// How many are looked up at once.
const EXPIRED_AT_ONCE: u32 = 50;

impl Chat {
    /// Deletes the messages of conversations that were idle for longer than their app allows, for as long as this is polled:
    /// now, and every minute.
    pub async fn expire_conversations(&self) {
        let mut is_failing = false;
        loop {
            match self.expire_now().await {
                Ok(()) => is_failing = false,
                // Once, not every minute until it is mended.
                Err(error) if !is_failing => {
                    is_failing = true;
                    tracing::error!(error = causes(&error), "old messages could not be deleted; trying on");
                }
                Err(_) => {}
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Goes over all apps once.
    pub async fn expire_now(&self) -> Result<(), ChatError> {
        let retentions = self.storage.read().await?.retentions().await?;
        for (app, seconds) in retentions {
            let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
            let until = self.clock.now().millis().saturating_sub(millis);
            self.expire_those_of(app, Timestamp::from_millis(until)).await?;
        }
        Ok(())
    }

    /// Deletes the messages of conversations of `app` where nothing happened after `until`.
    async fn expire_those_of(&self, app: AppId, until: Timestamp) -> Result<(), ChatError> {
        loop {
            // The connection is given back before anything is deleted: others want to read meanwhile.
            let idle = self.storage.read().await?.idle_conversations(app, until, EXPIRED_AT_ONCE).await?;
            for conversation in &idle {
                self.expire(Scope::of_app(app), *conversation, until).await?;
            }
            if idle.len() < EXPIRED_AT_ONCE as usize {
                return Ok(());
            }
        }
    }
}
