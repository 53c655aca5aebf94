//! Deleting what an app or a chat page keeps for a while only.

use std::time::Duration;

use domain::{AppId, Timestamp};

use super::{Chat, ChatError, Scope};
use crate::storage::PageRetention;
use crate::telemetry::causes;

/// How often conversations are looked through.
const LOOK: Duration = Duration::from_mins(1);
/// How many are looked up at once.
const EXPIRED_AT_ONCE: u32 = 50;

/// How often the conversations of chat pages are looked through, which keep messages for days …
const LOOK_AT_PAGES: Duration = Duration::from_hours(1);
/// … how many of them at once …
const LOOKED_AT: u32 = 500;
/// … and how many messages of one go in one write: others write in between.
const FORGOTTEN_AT_ONCE: u32 = 200;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

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
    /// # Errors
    /// The first thing that went wrong: one app's trouble keeps no other waiting.
    pub async fn expire_now(&self) -> Result<(), ChatError> {
        let retentions = self.storage.read().await?.retentions().await?;
        let mut outcome = Ok(());
        for (app, seconds) in retentions {
            let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
            let until = self.clock.now().millis().saturating_sub(millis);
            let expired = self.expire_those_of(app, Timestamp::from_millis(until)).await;
            outcome = outcome.and(expired);
        }
        outcome
    }

    /// Deletes the messages of conversations of `app` where nothing happened after `until`.
    async fn expire_those_of(&self, app: AppId, until: Timestamp) -> Result<(), ChatError> {
        let mut outcome = Ok(());
        loop {
            // The connection is given back before anything is deleted: others want to read meanwhile.
            let idle = self.storage.read().await?.idle_conversations(app, until, EXPIRED_AT_ONCE).await?;
            let mut is_further = false;
            for conversation in &idle {
                let expired = self.expire(Scope::of_app(app), *conversation, until).await;
                is_further |= expired.is_ok();
                outcome = outcome.and(expired);
            }
            // What could not be deleted is found again.
            if idle.len() < EXPIRED_AT_ONCE as usize || !is_further {
                return outcome;
            }
        }
    }

    /// Forgets messages that are older than their chat page keeps them, for as long as this is polled: now, every hour, and
    /// when a page is given another time.
    pub async fn forget_old_messages(&self) {
        let mut is_failing = false;
        loop {
            match self.forget_now().await {
                Ok(()) => is_failing = false,
                Err(error) if !is_failing => {
                    is_failing = true;
                    tracing::error!(error = causes(&error), "old messages could not be forgotten; trying on");
                }
                Err(_) => {}
            }
            let _called_or_not = tokio::time::timeout(LOOK_AT_PAGES, self.forget.notified()).await;
        }
    }

    /// Goes over all chat pages once.
    /// # Errors
    /// The first thing that went wrong: one page's trouble keeps no other waiting.
    pub async fn forget_now(&self) -> Result<(), ChatError> {
        let pages = self.storage.read().await?.page_retentions().await?;
        let mut outcome = Ok(());
        for page in pages {
            let millis = i64::try_from(page.days).unwrap_or(i64::MAX).saturating_mul(DAY_MILLIS);
            let until = Timestamp::from_millis(self.clock.now().millis().saturating_sub(millis));
            let forgotten = self.forget_those_of(page, until).await;
            outcome = outcome.and(forgotten);
        }
        outcome
    }

    /// Forgets messages of conversations of `page` that came no later than `until`.
    async fn forget_those_of(&self, page: PageRetention, until: Timestamp) -> Result<(), ChatError> {
        let (storage, now) = (self.storage.patient(), self.clock.now());
        let (mut after, mut outcome) = (None, Ok(()));
        loop {
            let old = storage.read().await?.old_conversations(page, until, after, LOOKED_AT).await?;
            for conversation in old.found {
                let forget = || {
                    storage.write(move |tx| {
                        Box::pin(async move {
                            let has_more = tx.forget_messages(conversation, until, FORGOTTEN_AT_ONCE, now).await?;
                            Ok::<_, ChatError>(has_more)
                        })
                    })
                };
                let forgotten = loop {
                    match forget().await {
                        Ok(true) => {}
                        done => break done.map(drop),
                    }
                };
                outcome = outcome.and(forgotten);
                self.sweep_soon();
            }
            match old.next {
                Some(next) => after = Some(next),
                None => return outcome,
            }
        }
    }
}
