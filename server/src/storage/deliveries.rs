//! Deliveries: taken by workers, a lane at a time, and kept for a while as a log.
//!
//! What waits and what failed is little beside what was delivered, so both have indexes of their own. SQLite guesses that the
//! table's key does as well and would read the whole log for every delivery: `INDEXED BY` names the right one.

use domain::webhook::{Attempt, Delivery, DeliveryId, DeliveryState, LegacyTrigger, Trigger};
use domain::{
    AppId, ClientId, Cursor, EventId, IntegrationId, Page, PageRequest, SessionId, Timestamp, UserId, Webhook,
    WebhookId,
};
use sqlx::FromRow as _;
use sqlx::sqlite::SqliteRow;

use super::page::page_of;
use super::row::{Column, bigint, json_text};
use super::webhooks::WebhookRow;
use super::{Reader, StorageError, Tx};

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
    /// When the first of its free lanes may go on.
    pub next: Timestamp,
}

/// How far due lanes of a webhook are counted.
pub const DUE_LANES: usize = 16;

/// Which deliveries to repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplaySelection {
    One(DeliveryId),
    /// Those given up and not repeated since.
    Failed,
    /// Those of events that happened from `from` on and before `to`, each once.
    Between {
        from: Timestamp,
        to: Timestamp,
    },
}

/// How the deliveries of a webhook stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryCounts {
    pub pending: u64,
    pub failed: u64,
}

/// A user's client, with the newest browser that speaks through it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: ClientId,
    pub kind: String,
    pub status: String,
    pub integration: Option<IntegrationId>,
    pub linked_at: Timestamp,
    pub session: Option<(SessionId, Timestamp)>,
}

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
struct DeliveryRow {
    webhook_id: String,
    event_seq: i64,
    event_id: String,
    trigger: String,
    state: String,
    attempts: i64,
    at: i64,
    replay_of: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    number: i64,
    at: i64,
    duration_ms: i64,
    target: String,
    status: Option<i64>,
    error: Option<String>,
    answer: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: String,
    r#type: String,
    status: String,
    integration_id: Option<String>,
    linked_at: i64,
    session_id: Option<String>,
    session_at: Option<i64>,
}

fn dispatch(row: &SqliteRow) -> Result<Dispatch, StorageError> {
    let column = |name| Column("webhook_events", name);
    let webhook = Webhook::try_from(WebhookRow::from_row(row)?)?;
    let row = EventRow::from_row(row)?;
    Ok(Dispatch {
        webhook,
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

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StorageError;
    fn try_from(row: DeliveryRow) -> Result<Self, StorageError> {
        let column = |name| Column("webhook_deliveries", name);
        Ok(Self {
            id: DeliveryId(row.event_seq),
            webhook: column("webhook_id").parse(&row.webhook_id)?,
            event: Column("webhook_events", "id").parse(&row.event_id)?,
            trigger: Column("webhook_events", "trigger").parse(&row.trigger)?,
            state: column("state").parse(&row.state)?,
            attempts: column("attempts").count(row.attempts)?,
            at: Timestamp::from_millis(row.at),
            replay_of: row.replay_of.map(DeliveryId),
        })
    }
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = StorageError;
    fn try_from(row: AttemptRow) -> Result<Self, StorageError> {
        let column = |name| Column("webhook_attempts", name);
        Ok(Self {
            number: column("number").count(row.number)?,
            at: Timestamp::from_millis(row.at),
            duration_ms: column("duration_ms").count(row.duration_ms)?,
            target: row.target,
            status: row.status.map(|status| column("status").count(status)).transpose()?,
            error: row.error,
            answer: row.answer,
        })
    }
}

/// A page of the deliveries to `$1`, up to `$4` of them.
macro_rules! page {
    ($index:literal, $which:literal, $direction:literal, $order:literal) => {
        concat!(
            "SELECT d.webhook_id, d.event_seq, e.id AS event_id, e.trigger, d.state, d.attempts, e.at, e.replay_of
            FROM webhook_deliveries d",
            $index,
            " JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND (",
            $which,
            ") AND d.event_seq ",
            $direction,
            " $3 ORDER BY d.event_seq ",
            $order,
            " LIMIT $4"
        )
    };
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
                (SELECT count(*) FROM (SELECT 1 FROM webhook_lanes
                    WHERE owner IS NULL AND webhook_id = waiting.id AND due_at <= $1 LIMIT $2)) AS lanes
            FROM waiting WHERE id IS NOT NULL";
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as(SQL).bind(now.millis()).bind(bigint(DUE_LANES as u64)).fetch_all(self.conn()).await?;
        let column = |name| Column("webhook_lanes", name);
        rows.into_iter()
            .map(|(id, next, lanes)| {
                Ok(DueWebhook {
                    id: column("webhook_id").parse(&id)?,
                    next: Timestamp::from_millis(next),
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
        let row = sqlx::query(SQL).bind(webhook.to_string()).bind(lane).fetch_optional(self.conn()).await?;
        row.as_ref().map(dispatch).transpose()
    }

    /// One delivery with all that it takes to make it again.
    pub async fn dispatch(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Dispatch>, StorageError> {
        const SQL: &str = "SELECT w.id AS webhook_id, w.app_id, w.integration_id, w.version, w.target, w.triggers, w.secret,
                w.old_secret, w.old_secret_until, w.include_full_user, w.include_full_source,
                d.event_seq, d.attempts, e.id AS event_id, e.app_id AS event_app_id, e.trigger, e.legacy_trigger, e.user_id,
                e.at, e.replay_of IS NOT NULL AS is_replay, e.payload
            FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq = $2";
        let row = sqlx::query(SQL).bind(webhook.to_string()).bind(id.0).fetch_optional(self.conn()).await?;
        row.as_ref().map(dispatch).transpose()
    }

    /// Deliveries to `webhook`, newest first, in `state` if one is given. `None`: no such cursor here.
    pub async fn deliveries(
        &mut self,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        page: PageRequest<DeliveryId>,
    ) -> Result<Option<Page<Delivery>>, StorageError> {
        // Failed ones are rare, and so have an index of their own; of the others there are some on every page.
        const OLDER: &str = page!("", "$2 IS NULL OR d.state = $2", "<", "DESC");
        const NEWER: &str = page!("", "$2 IS NULL OR d.state = $2", ">", "ASC");
        const OLDER_FAILED: &str = page!(" INDEXED BY webhook_deliveries_failed", "d.state = 'failed'", "<", "DESC");
        const NEWER_FAILED: &str = page!(" INDEXED BY webhook_deliveries_failed", "d.state = 'failed'", ">", "ASC");
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.delivery(webhook, id).await?.is_none()
        {
            return Ok(None);
        }
        let (older, newer) = match state {
            Some(DeliveryState::Failed) => (OLDER_FAILED, NEWER_FAILED),
            _ => (OLDER, NEWER),
        };
        let (sql, from) = match page.cursor {
            Cursor::Start => (older, i64::MAX),
            Cursor::After(id) => (older, id.0),
            Cursor::Before(id) => (newer, id.0),
        };
        let rows: Vec<DeliveryRow> = sqlx::query_as(sql)
            .bind(webhook.to_string())
            .bind(state.map(DeliveryState::as_str))
            .bind(from)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let items = rows.into_iter().map(Delivery::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(items, &page.cursor, page.size)))
    }

    pub async fn delivery(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>, StorageError> {
        const SQL: &str =
            "SELECT d.webhook_id, d.event_seq, e.id AS event_id, e.trigger, d.state, d.attempts, e.at, e.replay_of
            FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq = $2";
        let row: Option<DeliveryRow> =
            sqlx::query_as(SQL).bind(webhook.to_string()).bind(id.0).fetch_optional(self.conn()).await?;
        row.map(Delivery::try_from).transpose()
    }

    /// All tries of a delivery, first to last.
    pub async fn attempts(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Vec<Attempt>, StorageError> {
        const SQL: &str = "SELECT number, at, duration_ms, target, status, error, answer FROM webhook_attempts
            WHERE webhook_id = $1 AND event_seq = $2 ORDER BY number";
        let rows: Vec<AttemptRow> =
            sqlx::query_as(SQL).bind(webhook.to_string()).bind(id.0).fetch_all(self.conn()).await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }

    pub async fn delivery_counts(&mut self, webhook: WebhookId) -> Result<DeliveryCounts, StorageError> {
        const SQL: &str = "SELECT
                (SELECT count(*) FROM webhook_deliveries INDEXED BY webhook_deliveries_pending
                    WHERE webhook_id = $1 AND state = 'pending'),
                (SELECT count(*) FROM webhook_deliveries INDEXED BY webhook_deliveries_failed
                    WHERE webhook_id = $1 AND state = 'failed')";
        let (pending, failed): (i64, i64) =
            sqlx::query_as(SQL).bind(webhook.to_string()).fetch_one(self.conn()).await?;
        let column = Column("webhook_deliveries", "state");
        Ok(DeliveryCounts { pending: column.count(pending)?, failed: column.count(failed)? })
    }

    /// How many deliveries wait, of all webhooks.
    pub async fn pending_deliveries(&mut self) -> Result<u32, StorageError> {
        const SQL: &str = "SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'";
        let count: i64 = sqlx::query_scalar(SQL).fetch_one(self.conn()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The highest number of an event so far.
    pub async fn newest_webhook_event(&mut self) -> Result<i64, StorageError> {
        Ok(sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM webhook_events").fetch_one(self.conn()).await?)
    }

    /// The clients of `user`, oldest first.
    pub async fn endpoints_of(&mut self, user: UserId) -> Result<Vec<Endpoint>, StorageError> {
        const SQL: &str = "SELECT c.id, c.type, c.status, c.integration_id, c.linked_at,
                s.id AS session_id, s.created_at AS session_at
            FROM clients c LEFT JOIN sessions s ON s.client_id = c.id AND s.id =
                (SELECT n.id FROM sessions n WHERE n.user_id = c.user_id AND n.client_id = c.id
                    ORDER BY n.created_at DESC, n.id DESC LIMIT 1)
            WHERE c.user_id = $1 ORDER BY c.id";
        let rows: Vec<EndpointRow> = sqlx::query_as(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        let endpoint = |row: EndpointRow| {
            let session = row.session_id.map(|id| Column("sessions", "id").parse(&id)).transpose()?;
            Ok(Endpoint {
                id: Column("clients", "id").parse(&row.id)?,
                kind: row.r#type,
                status: row.status,
                integration: row.integration_id.map(|id| Column("clients", "integration_id").parse(&id)).transpose()?,
                linked_at: Timestamp::from_millis(row.linked_at),
                session: session.zip(row.session_at.map(Timestamp::from_millis)),
            })
        };
        rows.into_iter().map(endpoint).collect()
    }

    /// Whether anything was said in the default conversation of `user`.
    pub async fn has_spoken(&mut self, user: UserId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM conversations WHERE default_of = $1 AND message_count > 0)";
        Ok(sqlx::query_scalar(SQL).bind(user.to_string()).fetch_one(self.conn()).await?)
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

/// How long a worker is believed alive after it last said so.
const WORKER_LIFE_MS: i64 = 6_000;

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
        let sql = if self.is_undoable() { SETTLE_AND_TAKE } else { SETTLE_AND_TAKE_UNDOABLY };
        let query = sqlx::query_scalar(sql)
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
            .bind(now.millis() + WORKER_LIFE_MS);
        Ok(self.fetch_at_once(query).await?.pop())
    }

    /// Says that `worker` is alive.
    pub async fn keep_worker(&mut self, worker: &str, now: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO webhook_workers (id, alive_until) VALUES ($1, $2)
            ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until";
        sqlx::query(SQL).bind(worker).bind(now.millis() + WORKER_LIFE_MS).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Gives back the lanes of `worker`, which makes no more attempts.
    pub async fn retire_worker(&mut self, worker: &str) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE webhook_lanes SET owner = NULL WHERE owner = $1;
            DELETE FROM webhook_workers WHERE id = $1";
        sqlx::query(SQL).bind(worker).execute(self.writing().await?).await?;
        self.note_queued();
        Ok(())
    }

    /// Removes events that happened before `before` and are delivered or given up, with their deliveries: a batch of those
    /// numbered above `after`. Gives the number to go on after; `None` when nothing older is left.
    pub async fn prune_webhook_events(&mut self, after: i64, before: Timestamp) -> Result<Option<i64>, StorageError> {
        const BATCH: &str = "SELECT seq, at FROM webhook_events WHERE seq > $1 ORDER BY seq LIMIT 500";
        const DELIVERIES: &str = "DELETE FROM webhook_deliveries WHERE webhook_id IN (SELECT id FROM webhooks)
            AND event_seq BETWEEN $1 AND $2 AND state <> 'pending'";
        const EVENTS: &str = "DELETE FROM webhook_events WHERE seq BETWEEN $1 AND $2 AND NOT EXISTS
            (SELECT 1 FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id AND d.event_seq = webhook_events.seq
                WHERE w.app_id = webhook_events.app_id)";
        let rows: Vec<(i64, i64)> = sqlx::query_as(BATCH).bind(after).fetch_all(self.conn()).await?;
        let old = rows.iter().take_while(|(_, at)| *at < before.millis());
        let Some((last, _)) = old.last() else { return Ok(None) };
        for sql in [DELIVERIES, EVENTS] {
            sqlx::query(sql).bind(after + 1).bind(last).execute(self.writing().await?).await?;
        }
        Ok(Some(*last))
    }

    /// Repeats those of the `chosen` deliveries to `webhook` that `selection` still names; gives how many.
    pub async fn replay_deliveries(
        &mut self,
        webhook: WebhookId,
        selection: ReplaySelection,
        chosen: &[DeliveryId],
        now: Timestamp,
    ) -> Result<u64, StorageError> {
        // They were chosen outside this transaction: by now another call may have repeated them, or time pruned them.
        const STILL: &str = "SELECT event_seq FROM webhook_deliveries
            WHERE webhook_id = $1 AND event_seq IN (SELECT value FROM json_each($2)) AND state <> 'pending'
                AND ($3 = FALSE OR (state = 'failed' AND NOT replayed))
            ORDER BY event_seq";
        const REPEAT: &str = "INSERT INTO webhook_events
                (id, app_id, lane, trigger, legacy_trigger, conversation_id, user_id, message_id, at, payload, replay_of)
                SELECT id, app_id, lane, trigger, legacy_trigger, conversation_id, user_id, message_id, at, payload,
                    coalesce(replay_of, seq) FROM webhook_events WHERE seq = $2;
            INSERT INTO webhook_deliveries (webhook_id, event_seq, lane)
                SELECT $1, (SELECT max(seq) FROM webhook_events), lane FROM webhook_events WHERE seq = $2;
            INSERT INTO webhook_lanes (webhook_id, lane, due_at)
                SELECT $1, lane, $3 FROM webhook_events WHERE seq = $2 ON CONFLICT DO NOTHING;
            UPDATE webhook_deliveries SET replayed = TRUE WHERE webhook_id = $1 AND event_seq = $2";
        let webhook = webhook.to_string();
        let chosen: Vec<i64> = chosen.iter().map(|delivery| delivery.0).collect();
        let still: Vec<i64> = sqlx::query_scalar(STILL)
            .bind(&webhook)
            .bind(json_text(&chosen))
            .bind(selection == ReplaySelection::Failed)
            .fetch_all(self.conn())
            .await?;
        for seq in &still {
            sqlx::query(REPEAT).bind(&webhook).bind(seq).bind(now.millis()).execute(self.writing().await?).await?;
        }
        self.note_queued();
        Ok(still.len() as u64)
    }

    /// Gives back the lanes of workers that are not alive any more; says whether there were any.
    pub async fn release_dead_workers(&mut self, now: Timestamp) -> Result<bool, StorageError> {
        const DEAD: &str = "SELECT id FROM webhook_workers WHERE alive_until <= $1";
        let dead: Vec<String> = sqlx::query_scalar(DEAD).bind(now.millis()).fetch_all(self.conn()).await?;
        for worker in &dead {
            self.retire_worker(worker).await?;
        }
        Ok(!dead.is_empty())
    }
}

impl Reader {
    /// Deliveries to `webhook` that `selection` names: a batch of those numbered above `after` and up to `until`, in order.
    pub async fn deliveries_to_replay(
        &mut self,
        webhook: WebhookId,
        selection: ReplaySelection,
        after: DeliveryId,
        until: DeliveryId,
    ) -> Result<Vec<DeliveryId>, StorageError> {
        const FAILED: &str = "SELECT event_seq FROM webhook_deliveries INDEXED BY webhook_deliveries_failed
            WHERE webhook_id = $1 AND event_seq > $2 AND event_seq <= $3 AND state = 'failed' AND NOT replayed
            ORDER BY event_seq LIMIT 200";
        const BETWEEN: &str =
            "SELECT d.event_seq FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq > $2 AND d.event_seq <= $3 AND d.state <> 'pending'
                AND e.replay_of IS NULL AND e.at >= $4 AND e.at < $5
            ORDER BY d.event_seq LIMIT 200";
        let select = |sql| sqlx::query_scalar(sql).bind(webhook.to_string()).bind(after.0).bind(until.0);
        let chosen: Vec<i64> = match selection {
            ReplaySelection::One(id) => return Ok(Vec::from_iter((id > after && id <= until).then_some(id))),
            ReplaySelection::Failed => select(FAILED).fetch_all(self.conn()).await?,
            ReplaySelection::Between { from, to } => {
                select(BETWEEN).bind(from.millis()).bind(to.millis()).fetch_all(self.conn()).await?
            }
        };
        Ok(chosen.into_iter().map(DeliveryId).collect())
    }

    /// Whether a worker died with its lanes.
    pub async fn has_dead_workers(&mut self, now: Timestamp) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM webhook_workers WHERE alive_until <= $1)";
        Ok(sqlx::query_scalar(SQL).bind(now.millis()).fetch_one(self.conn()).await?)
    }
}
