//! Lanes: what waits for one webhook in one conversation, taken by workers, first things first.
//!
//! What waits is little beside what was delivered, so it has an index of its own. SQLite guesses that the table's key does as well
//! and would read the whole log for every delivery: `INDEXED BY` names the right one.

use std::time::Duration;

use domain::webhook::{Attempt, DeliveryId, DeliveryState, LegacyTrigger, Trigger};
use domain::{AppId, EventId, Timestamp, UserId, Webhook, WebhookId};
use serde::Serialize;

use super::row::{Column, bigint, json_text};
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

#[derive(sqlx::FromRow)]
struct LaneRow {
    lane: String,
    #[sqlx(flatten)]
    first: DispatchRow,
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

    /// The first pending delivery of each of `lanes` that has one.
    pub async fn next_dispatches(
        &mut self,
        webhook: WebhookId,
        lanes: &[String],
    ) -> Result<Vec<(String, Dispatch)>, StorageError> {
        const SQL: &str = "SELECT d.lane, w.id AS webhook_id, w.app_id, w.integration_id, w.version, w.target, w.triggers, w.secret,
                w.old_secret, w.old_secret_until, w.include_full_user, w.include_full_source,
                d.event_seq, d.attempts, e.id AS event_id, e.app_id AS event_app_id, e.trigger, e.legacy_trigger, e.user_id,
                e.at, e.replay_of IS NOT NULL AS is_replay, e.payload
            FROM json_each($2) taken CROSS JOIN webhooks w
            JOIN webhook_deliveries d ON d.webhook_id = w.id AND d.event_seq =
                (SELECT min(p.event_seq) FROM webhook_deliveries p INDEXED BY webhook_deliveries_pending
                    WHERE p.webhook_id = $1 AND p.lane = taken.value AND p.state = 'pending')
            JOIN webhook_events e ON e.seq = d.event_seq WHERE w.id = $1";
        let rows: Vec<LaneRow> =
            sql::query_as(SQL).bind(webhook.to_string()).bind(json_text(&lanes)).fetch_all(self.conn()).await?;
        rows.into_iter().map(|LaneRow { lane, first }| Ok((lane, dispatch(first)?))).collect()
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

/// What was done in lanes, as rows of the list `$2`.
macro_rules! done {
    (sqlite) => {
        "(SELECT value ->> 'lane' AS lane, value ->> 'due' AS due, value ->> 'delivery' AS delivery, value ->> 'state' AS state,
                value ->> 'number' AS number, value ->> 'at' AS at, value ->> 'took' AS took, value ->> 'target' AS target,
                value ->> 'status' AS status, value ->> 'error' AS error, value ->> 'answer' AS answer
            FROM json_each($2)) done"
    };
    (postgres) => {
        "jsonb_to_recordset($2::jsonb) AS done (lane TEXT, due BIGINT, delivery BIGINT, state TEXT, number BIGINT, at BIGINT,
            took BIGINT, target TEXT, status BIGINT, error TEXT, answer TEXT)"
    };
}

/// What a worker does in one go for webhook `$1`: settles what it has done, says that it is alive, and takes up to `$6` of the lanes
/// that have waited longest. Nothing is settled that is not this worker's any more, or whose webhook is gone.
///
/// What is there already is inserted "again": an `UPDATE` has no `CROSS JOIN`, and SQLite would look at all that waits for each of
/// the few rows of the list.
macro_rules! settle_and_take {
    ($database:tt) => {
        concat!(
            "INSERT INTO webhook_deliveries (webhook_id, event_seq, lane, state, attempts)
                SELECT $1, d.event_seq, d.lane, done.state, done.number
                FROM ", done!($database), " CROSS JOIN webhook_lanes l CROSS JOIN webhook_deliveries d
                WHERE l.webhook_id = $1 AND l.lane = done.lane AND l.owner = $3
                    AND d.webhook_id = $1 AND d.event_seq = done.delivery AND d.state = 'pending'
                ON CONFLICT (webhook_id, event_seq) DO UPDATE SET state = excluded.state, attempts = excluded.attempts;
            INSERT INTO webhook_attempts
                (webhook_id, event_seq, number, at, duration_ms, target, status, error, answer)
                SELECT $1, done.delivery, done.number, done.at, done.took, done.target, done.status, done.error, done.answer
                FROM ", done!($database), "
                WHERE EXISTS (SELECT 1 FROM webhook_lanes l WHERE l.webhook_id = $1 AND l.lane = done.lane AND l.owner = $3)
                    AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = $1 AND d.event_seq = done.delivery)
                ON CONFLICT DO NOTHING;
            DELETE FROM webhook_lanes WHERE webhook_id = $1 AND owner = $3
                AND lane IN (SELECT done.lane FROM ", done!($database), ") AND NOT EXISTS
                (SELECT 1 FROM webhook_deliveries d INDEXED BY webhook_deliveries_pending
                    WHERE d.webhook_id = $1 AND d.lane = webhook_lanes.lane AND d.state = 'pending');
            INSERT INTO webhook_lanes (webhook_id, lane, due_at) SELECT $1, l.lane, done.due
                FROM ", done!($database), " CROSS JOIN webhook_lanes l
                WHERE l.webhook_id = $1 AND l.lane = done.lane AND l.owner = $3
                ON CONFLICT (webhook_id, lane) DO UPDATE SET owner = NULL, due_at = excluded.due_at;
            INSERT INTO webhook_workers (id, alive_until) VALUES ($3, $5)
                ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until;
            UPDATE webhook_lanes SET owner = $3 WHERE webhook_id = $1 AND lane IN
                (SELECT lane FROM webhook_lanes WHERE webhook_id = $1 AND owner IS NULL AND due_at <= $4 ORDER BY due_at LIMIT $6)
                RETURNING lane"
        )
    };
}
const SETTLE_AND_TAKE: Sql = Sql { sqlite: settle_and_take!(sqlite), postgres: settle_and_take!(postgres) };
const SETTLE_AND_TAKE_UNDOABLY: Sql = Sql {
    sqlite: concat!("SAVEPOINT job; ", settle_and_take!(sqlite), "; RELEASE job"),
    postgres: settle_and_take!(postgres),
};

/// What is written of a [`Settled`].
#[derive(Serialize)]
struct Done<'a> {
    lane: &'a str,
    due: i64,
    delivery: Option<i64>,
    state: Option<&'static str>,
    number: Option<u32>,
    at: Option<i64>,
    took: Option<i64>,
    target: Option<&'a str>,
    status: Option<u16>,
    error: Option<&'a str>,
    answer: Option<&'a str>,
}

impl<'a> From<&'a Settled> for Done<'a> {
    fn from(settled: &'a Settled) -> Self {
        let made = settled.made.as_ref();
        let attempt = made.map(|made| &made.attempt);
        Self {
            lane: &settled.lane,
            due: settled.due_at.millis(),
            delivery: made.map(|made| made.delivery.0),
            state: made.map(|made| made.state.as_str()),
            number: attempt.map(|attempt| attempt.number),
            at: attempt.map(|attempt| attempt.at.millis()),
            took: attempt.map(|attempt| bigint(attempt.duration_ms)),
            target: attempt.map(|attempt| attempt.target.as_str()),
            status: attempt.and_then(|attempt| attempt.status),
            error: attempt.and_then(|attempt| attempt.error.as_deref()),
            answer: attempt.and_then(|attempt| attempt.answer.as_deref()),
        }
    }
}

/// Until when a worker is alive that says so at `now`.
fn alive_until(now: Timestamp) -> i64 {
    now.plus(WORKER_LIFE).millis()
}

impl Tx {
    /// Writes what became of attempts at `webhook`, gives their lanes back, and gives the names of up to `most` lanes that are due and
    /// this worker's from now on.
    pub async fn settle_and_take(
        &mut self,
        webhook: WebhookId,
        settled: &[Settled],
        worker: &str,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<String>, StorageError> {
        let done: Vec<Done<'_>> = settled.iter().map(Done::from).collect();
        let query = sql::query_scalar(if self.is_undoable() { SETTLE_AND_TAKE } else { SETTLE_AND_TAKE_UNDOABLY })
            .bind(webhook.to_string())
            .bind(json_text(&done))
            .bind(worker)
            .bind(now.millis())
            .bind(alive_until(now))
            .bind(bigint(most as u64));
        self.fetch_at_once(query).await
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

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::*;
    use crate::storage::sqlite::MIGRATIONS;

    #[tokio::test]
    async fn settling_looks_at_nothing_but_what_is_settled() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a database in memory");
        MIGRATIONS.run(&mut connection).await.expect("the schema");
        let mut looks = 0;
        for statement in SETTLE_AND_TAKE.sqlite.split(';') {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let mut query = sqlx::query_as(explain);
            for _ in 0..6 {
                query = query.bind("1");
            }
            let plan: Vec<(i64, i64, i64, String)> = query.fetch_all(&mut connection).await.expect("a plan");
            for (.., step) in plan {
                let is_of_lists = step.contains("json_each") || step.contains("SUBQUERY");
                let is_by_key = ["event_seq=?", "lane=?", "due_at<?"].iter().any(|key| step.contains(key));
                let is_look = step.starts_with("SEARCH") || step.starts_with("SCAN");
                assert!(!is_look || is_of_lists || is_by_key, "{step} in {statement}");
                looks += usize::from(is_by_key);
            }
        }
        assert!(looks > 6, "plans are written as this test reads them: {looks}");
    }
}
