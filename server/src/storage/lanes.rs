//! Lanes: what waits for one webhook in one conversation, taken by workers, first things first.
//!
//! What waits is little beside what was delivered, so it has an index of its own. SQLite guesses that the table's key does as well
//! and would read the whole log for every delivery: `INDEXED BY` names the right one.

use std::time::Duration;

use domain::webhook::{Attempt, DeliveryId, DeliveryState, LegacyTrigger, Trigger};
use domain::{AppId, EventId, Timestamp, UserId, Webhook, WebhookId};

use super::row::{Column, bigint};
use super::sql::Sql;
use super::webhooks::WebhookRow;
use super::{Reader, StorageError, Tx, sql};

/// An event and the webhook that is to hear of it.
#[derive(Debug, Clone)]
pub struct Dispatch {
    pub webhook: Webhook,
    pub id: DeliveryId,
    /// Tries so far.
    pub attempts: u32,
    pub event: KeptEvent,
}

/// An event as it is kept.
#[derive(Debug, Clone)]
pub struct KeptEvent {
    pub id: EventId,
    pub app: AppId,
    pub trigger: Trigger,
    pub legacy: Option<LegacyTrigger>,
    pub user: Option<UserId>,
    pub at: Timestamp,
    /// Somebody asked for it again.
    pub is_replay: bool,
    /// JSON.
    pub payload: String,
}

/// A lane to be given back, and what was done in it.
#[derive(Debug, Clone)]
pub struct Settled {
    pub lane: String,
    /// When the lane may go on: with its next delivery, or with the same one again.
    pub due_at: Timestamp,
    /// `None`: nothing.
    pub made: Option<Made>,
}

/// An attempt, and what it makes of its delivery.
#[derive(Debug, Clone)]
pub struct Made {
    pub delivery: DeliveryId,
    pub attempt: Attempt,
    pub state: DeliveryState,
}

/// A webhook that waits for a worker.
#[derive(Debug, Clone, Copy)]
pub struct DueWebhook {
    pub id: WebhookId,
    /// Lanes that may go on now, counted up to [`DUE_LANES`].
    pub lanes: usize,
    /// When the first of its free lanes may go on …
    pub next: Timestamp,
    /// … and the last.
    pub last: Timestamp,
}

/// A worker, and what it last said: until when it is alive by its own clock. Says it nothing new for [`WORKER_LIFE`], it is dead,
/// whatever its clock and others' show.
pub type Beat = (String, Timestamp);

/// How long a worker is believed alive after it last said so.
pub const WORKER_LIFE: Duration = Duration::from_secs(6);

/// How far due lanes of a webhook are counted.
pub const DUE_LANES: usize = 16;

#[derive(sqlx::FromRow)]
struct EventRow {
    event_seq: i64,
    attempts: i64,
    event_id: String,
    event_app_id: String,
    trigger: String,
    legacy_trigger: Option<String>,
    user_id: Option<String>,
    at: i64,
    is_replay: bool,
    payload: String,
}

#[derive(sqlx::FromRow)]
struct DispatchRow {
    #[sqlx(flatten)]
    webhook: WebhookRow,
    #[sqlx(flatten)]
    event: EventRow,
}

fn dispatch(DispatchRow { webhook, event: row }: DispatchRow) -> Result<Dispatch, StorageError> {
    let column = |name| Column("webhook_events", name);
    Ok(Dispatch {
        webhook: webhook.try_into()?,
        id: DeliveryId(row.event_seq),
        attempts: Column("webhook_deliveries", "attempts").count(row.attempts)?,
        event: KeptEvent {
            id: column("id").parse(&row.event_id)?,
            app: column("app_id").parse(&row.event_app_id)?,
            trigger: column("trigger").parse(&row.trigger)?,
            legacy: row.legacy_trigger.map(|name| column("legacy_trigger").parse(&name)).transpose()?,
            user: row.user_id.map(|id| column("user_id").parse(&id)).transpose()?,
            at: Timestamp::from_millis(row.at),
            is_replay: row.is_replay,
            payload: row.payload,
        },
    })
}

impl Reader {
    /// Webhooks with lanes that nobody has.
    pub async fn due_webhooks(&mut self, now: Timestamp) -> Result<Vec<DueWebhook>, StorageError> {
        // Steps from webhook to webhook, so that one with a million waiting lanes costs no more than one with a single lane.
        const SQL: &str = "WITH RECURSIVE waiting (id) AS (
                SELECT (SELECT min(webhook_id) FROM webhook_lanes WHERE owner IS NULL)
                UNION ALL
                SELECT (SELECT min(webhook_id) FROM webhook_lanes WHERE owner IS NULL AND webhook_id > waiting.id)
                    FROM waiting WHERE waiting.id IS NOT NULL)
            SELECT id,
                (SELECT min(due_at) FROM webhook_lanes WHERE owner IS NULL AND webhook_id = waiting.id) AS next,
                (SELECT max(due_at) FROM webhook_lanes WHERE owner IS NULL AND webhook_id = waiting.id) AS last,
                (SELECT count(*) FROM (SELECT 1 FROM webhook_lanes
                    WHERE owner IS NULL AND webhook_id = waiting.id AND due_at <= $1 LIMIT $2) due) AS lanes
            FROM waiting WHERE id IS NOT NULL";
        let rows: Vec<(String, i64, i64, i64)> =
            sql::query_as(SQL).bind(now.millis()).bind(bigint(DUE_LANES as u64)).fetch_all(self.conn()).await?;
        let column = |name| Column("webhook_lanes", name);
        rows.into_iter()
            .map(|(id, next, last, lanes)| {
                Ok(DueWebhook {
                    id: column("webhook_id").parse(&id)?,
                    next: Timestamp::from_millis(next),
                    last: Timestamp::from_millis(last),
                    lanes: column("lane").count(lanes)?,
                })
            })
            .collect()
    }

    /// The first pending delivery of a lane.
    pub async fn next_dispatch(&mut self, webhook: WebhookId, lane: &str) -> Result<Option<Dispatch>, StorageError> {
        const SQL: &str = "SELECT w.id AS webhook_id, w.app_id, w.integration_id, w.version, w.target, w.triggers, w.secret,
                w.old_secret, w.old_secret_until, w.include_full_user, w.include_full_source,
                d.event_seq, d.attempts, e.id AS event_id, e.app_id AS event_app_id, e.trigger, e.legacy_trigger, e.user_id,
                e.at, e.replay_of IS NOT NULL AS is_replay, e.payload
            FROM webhook_deliveries d INDEXED BY webhook_deliveries_pending
            JOIN webhooks w ON w.id = d.webhook_id JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.lane = $2 AND d.state = 'pending' ORDER BY d.event_seq LIMIT 1";
        let row = sql::query_as(SQL).bind(webhook.to_string()).bind(lane).fetch_optional(self.conn()).await?;
        row.map(dispatch).transpose()
    }

    /// One delivery with all that it takes to make it again.
    pub async fn dispatch(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Dispatch>, StorageError> {
        const SQL: &str = "SELECT w.id AS webhook_id, w.app_id, w.integration_id, w.version, w.target, w.triggers, w.secret,
                w.old_secret, w.old_secret_until, w.include_full_user, w.include_full_source,
                d.event_seq, d.attempts, e.id AS event_id, e.app_id AS event_app_id, e.trigger, e.legacy_trigger, e.user_id,
                e.at, e.replay_of IS NOT NULL AS is_replay, e.payload
            FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq = $2";
        let row = sql::query_as(SQL).bind(webhook.to_string()).bind(id.0).fetch_optional(self.conn()).await?;
        row.map(dispatch).transpose()
    }

    /// Whether a delivery of `lane` before `id` failed for good.
    pub async fn has_failed_before(
        &mut self,
        webhook: WebhookId,
        lane: &str,
        id: DeliveryId,
    ) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM webhook_deliveries
            WHERE webhook_id = $1 AND state = 'failed' AND event_seq < $2 AND lane = $3)";
        Ok(sql::query_scalar(SQL).bind(webhook.to_string()).bind(id.0).bind(lane).fetch_one(self.conn()).await?)
    }

    /// All workers that may hold lanes.
    pub async fn webhook_workers(&mut self) -> Result<Vec<Beat>, StorageError> {
        let rows: Vec<(String, i64)> =
            sql::query_as("SELECT id, alive_until FROM webhook_workers").fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|(id, until)| (id, Timestamp::from_millis(until))).collect())
    }
}

/// What a worker does in one go: settles what it has done (`$2` NULL: nothing), says that it is alive, and takes the lane of the
/// webhook that has waited longest. Nothing is settled that is not this worker's any more, or whose webhook is gone.
macro_rules! settle_and_take {
    () => {
        "UPDATE webhook_deliveries SET state = $4, attempts = $5
            WHERE webhook_id = $1 AND event_seq = $3 AND state = 'pending'
                AND EXISTS (SELECT 1 FROM webhook_lanes WHERE webhook_id = $1 AND lane = $2 AND owner = $12);
        INSERT INTO webhook_attempts
            (webhook_id, event_seq, number, at, duration_ms, target, status, error, answer)
            SELECT $1, $3, $5, $6, $7, $8, $9, $10, $11 FROM webhook_lanes
                WHERE webhook_id = $1 AND lane = $2 AND owner = $12
                    AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = $1 AND event_seq = $3)
            ON CONFLICT DO NOTHING;
        DELETE FROM webhook_lanes WHERE webhook_id = $1 AND lane = $2 AND owner = $12 AND NOT EXISTS
            (SELECT 1 FROM webhook_deliveries INDEXED BY webhook_deliveries_pending
                WHERE webhook_id = $1 AND lane = $2 AND state = 'pending');
        UPDATE webhook_lanes SET owner = NULL, due_at = $13 WHERE webhook_id = $1 AND lane = $2 AND owner = $12;
        INSERT INTO webhook_workers (id, alive_until) VALUES ($12, $15)
            ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until;
        UPDATE webhook_lanes SET owner = $12 WHERE webhook_id = $1 AND lane =
            (SELECT lane FROM webhook_lanes WHERE webhook_id = $1 AND owner IS NULL AND due_at <= $14 ORDER BY due_at LIMIT 1)
            RETURNING lane"
    };
}
const SETTLE_AND_TAKE: &str = settle_and_take!();
const SETTLE_AND_TAKE_UNDOABLY: &str = concat!("SAVEPOINT job; ", settle_and_take!(), "; RELEASE job");

/// Until when a worker is alive that says so at `now`.
fn alive_until(now: Timestamp) -> i64 {
    now.plus_millis(i64::try_from(WORKER_LIFE.as_millis()).unwrap_or(i64::MAX)).millis()
}

impl Tx {
    /// Writes what became of an attempt, gives its lane back, and, if it `takes` one, gives the name of a lane of `webhook` that
    /// is due and this worker's from now on.
    pub async fn settle_and_take(
        &mut self,
        webhook: WebhookId,
        settled: Option<&Settled>,
        worker: &str,
        now: Timestamp,
        takes: bool,
    ) -> Result<Option<String>, StorageError> {
        let made = settled.and_then(|settled| settled.made.as_ref());
        let attempt = made.map(|made| &made.attempt);
        let sqlite = if self.is_undoable() { SETTLE_AND_TAKE } else { SETTLE_AND_TAKE_UNDOABLY };
        let query = sql::query_scalar(Sql { sqlite, postgres: SETTLE_AND_TAKE })
            .bind(webhook.to_string())
            .bind(settled.map(|settled| settled.lane.as_str()))
            .bind(made.map(|made| made.delivery.0))
            .bind(made.map(|made| made.state.as_str()))
            .bind(attempt.map(|attempt| i64::from(attempt.number)))
            .bind(attempt.map(|attempt| attempt.at.millis()))
            .bind(attempt.map(|attempt| bigint(attempt.duration_ms)))
            .bind(attempt.map(|attempt| attempt.target.as_str()))
            .bind(attempt.and_then(|attempt| attempt.status).map(i64::from))
            .bind(attempt.and_then(|attempt| attempt.error.as_deref()))
            .bind(attempt.and_then(|attempt| attempt.answer.as_deref()))
            .bind(worker)
            .bind(settled.map(|settled| settled.due_at.millis()))
            .bind(if takes { now.millis() } else { i64::MIN })
            .bind(alive_until(now));
        Ok(self.fetch_at_once(query).await?.pop())
    }

    /// Says that `worker` is alive.
    pub async fn keep_worker(&mut self, worker: &str, now: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO webhook_workers (id, alive_until) VALUES ($1, $2)
            ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until";
        sql::query(SQL).bind(worker).bind(alive_until(now)).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Gives back the lanes of `worker`, which makes no more attempts.
    pub async fn retire_worker(&mut self, worker: &str) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE webhook_lanes SET owner = NULL WHERE owner = $1;
            DELETE FROM webhook_workers WHERE id = $1";
        sql::query(SQL).bind(worker).execute(self.writing().await?).await?;
        self.note_queued();
        Ok(())
    }

    /// Gives back the lanes of `dead`, but of those who have said something since.
    pub async fn release_workers(&mut self, dead: &[Beat]) -> Result<(), StorageError> {
        const SAME: &str = "SELECT EXISTS (SELECT 1 FROM webhook_workers WHERE id = $1 AND alive_until = $2)";
        for (worker, until) in dead {
            if sql::query_scalar(SAME).bind(worker).bind(until.millis()).fetch_one(self.conn()).await? {
                self.retire_worker(worker).await?;
            }
        }
        Ok(())
    }

    /// Lets the free lanes of `webhook` that wait for a moment after `latest` go on at `now`.
    pub async fn hurry_lanes(
        &mut self,
        webhook: WebhookId,
        latest: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str =
            "UPDATE webhook_lanes SET due_at = $1 WHERE webhook_id = $2 AND owner IS NULL AND due_at > $3";
        let query = sql::query(SQL).bind(now.millis()).bind(webhook.to_string()).bind(latest.millis());
        query.execute(self.writing().await?).await?;
        self.note_queued();
        Ok(())
    }
}
