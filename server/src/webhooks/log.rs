//! Keeps the log of deliveries as long as it should be, and no longer.

use std::sync::Arc;
use std::time::Duration;

use domain::AppId;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::storage::{Storage, StorageError};
use crate::telemetry::causes;

const EVERY: Duration = Duration::from_mins(1);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Removes what is finished and older than `days`, and what is left of deleted apps, every minute until `draining`.
pub async fn keep_short(storage: Storage, clock: Clock, days: u32, draining: CancellationToken) {
    loop {
        if let Err(error) = prune(&storage, &clock, days).await {
            tracing::warn!(error = causes(&error), "the log of webhook deliveries was not pruned");
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn prune(storage: &Storage, clock: &Clock, days: u32) -> Result<(), StorageError> {
    let before = clock.now().plus_millis(-i64::from(days) * DAY_MS);
    // In batches, between which other writes get their turn.
    let mut after = Some(0);
    while let Some(from) = after {
        after = storage.write(move |tx| Box::pin(async move { tx.prune_webhook_events(from, before).await })).await?;
    }
    let apps: Arc<[AppId]> = storage.read().await?.departed_apps().await?.into();
    let mut after = (!apps.is_empty()).then_some(0);
    while let Some(from) = after {
        let apps = apps.clone();
        let pruned =
            storage.write(move |tx| Box::pin(async move { tx.prune_events_of_departed_apps(&apps, from).await }));
        after = pruned.await?;
    }
    Ok(())
}
