//! Deliveries: kept for a while as a log that people read.
//!
//! Each state is a stretch of one index, in the order of delivery: a page of any of them is where it begins, however many
//! deliveries in other states lie between.

use domain::webhook::{Attempt, Delivery, DeliveryId, DeliveryState};
use domain::{AppId, Cursor, Page, PageRequest, Timestamp, WebhookId};

use super::page::page_of;
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

/// How the deliveries of a webhook stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryCounts {
    pub pending: u64,
    pub failed: u64,
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

/// A page of the deliveries to `$1` on one side of `$2`, up to `$3` of them.
macro_rules! page {
    ($which:literal, $direction:literal, $order:literal) => {
        concat!(
            "SELECT d.webhook_id, d.event_seq, e.id AS event_id, e.trigger, d.state, d.attempts, e.at, e.replay_of
            FROM (SELECT * FROM webhook_deliveries WHERE webhook_id = $1 ",
            $which,
            " AND event_seq ",
            $direction,
            " $2 ORDER BY event_seq ",
            $order,
            " LIMIT $3) d JOIN webhook_events e ON e.seq = d.event_seq ORDER BY d.event_seq ",
            $order
        )
    };
}

/// The older and the newer side of a cursor.
macro_rules! pages {
    ($which:literal) => {
        [page!($which, "<", "DESC"), page!($which, ">", "ASC")]
    };
}

impl Reader {
    /// Deliveries to `webhook`, newest first, in `state` if one is given. `None`: no such cursor here.
    pub async fn deliveries(
        &mut self,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        page: PageRequest<DeliveryId>,
    ) -> Result<Option<Page<Delivery>>, StorageError> {
        const ANY: [&str; 2] = pages!("");
        const IN_STATE: [&str; 2] = pages!("AND state = $4");
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.delivery(webhook, id).await?.is_none()
        {
            return Ok(None);
        }
        let [older, newer] = if state.is_some() { IN_STATE } else { ANY };
        let (sql, from) = match page.cursor {
            Cursor::Start => (older, i64::MAX),
            Cursor::After(id) => (older, id.0),
            Cursor::Before(id) => (newer, id.0),
        };
        let mut query = sql::query_as(sql).bind(webhook.to_string()).bind(from).bind(i64::from(page.size) + 1);
        if let Some(state) = state {
            query = query.bind(state.as_str());
        }
        let rows: Vec<DeliveryRow> = query.fetch_all(self.conn()).await?;
        let items = rows.into_iter().map(Delivery::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(items, &page.cursor, page.size)))
    }

    pub async fn delivery(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>, StorageError> {
        const SQL: &str =
            "SELECT d.webhook_id, d.event_seq, e.id AS event_id, e.trigger, d.state, d.attempts, e.at, e.replay_of
            FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq = $2";
        let row: Option<DeliveryRow> =
            sql::query_as(SQL).bind(webhook.to_string()).bind(id.0).fetch_optional(self.conn()).await?;
        row.map(Delivery::try_from).transpose()
    }

    /// All tries of a delivery, first to last.
    pub async fn attempts(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Vec<Attempt>, StorageError> {
        const SQL: &str = "SELECT number, at, duration_ms, target, status, error, answer FROM webhook_attempts
            WHERE webhook_id = $1 AND event_seq = $2 ORDER BY number";
        let rows: Vec<AttemptRow> =
            sql::query_as(SQL).bind(webhook.to_string()).bind(id.0).fetch_all(self.conn()).await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }

    pub async fn delivery_counts(&mut self, webhook: WebhookId) -> Result<DeliveryCounts, StorageError> {
        const SQL: &str = "SELECT
                (SELECT count(*) FROM webhook_deliveries
                    WHERE webhook_id = $1 AND state = 'pending')
                    + (SELECT count(*) FROM webhook_outbox o CROSS JOIN webhook_events e
                        CROSS JOIN json_each(e.webhooks) hearer WHERE e.seq = o.event_seq AND hearer.value = $1),
                (SELECT count(*) FROM webhook_deliveries
                    WHERE webhook_id = $1 AND state = 'failed')";
        let (pending, failed): (i64, i64) = sql::query_as(SQL).bind(webhook.to_string()).fetch_one(self.conn()).await?;
        let column = Column("webhook_deliveries", "state");
        Ok(DeliveryCounts { pending: column.count(pending)?, failed: column.count(failed)? })
    }

    /// How many deliveries wait, of all webhooks.
    pub async fn pending_deliveries(&mut self) -> Result<u32, StorageError> {
        const SQL: &str = "SELECT (SELECT count(*) FROM webhook_deliveries WHERE webhook_id IN (SELECT id FROM webhooks) AND state = 'pending')
            + (SELECT count(*) FROM webhook_outbox o CROSS JOIN webhook_events e CROSS JOIN json_each(e.webhooks) hearer
                JOIN webhooks w ON w.id = hearer.value WHERE e.seq = o.event_seq)";
        let count: i64 = sql::query_scalar(SQL).fetch_one(self.conn()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Deleted apps whose events may be there still.
    pub async fn departed_apps(&mut self) -> Result<Vec<AppId>, StorageError> {
        let ids: Vec<String> = sql::query_scalar("SELECT id FROM departed_apps").fetch_all(self.conn()).await?;
        ids.iter().map(|id| Column("departed_apps", "id").parse(id)).collect()
    }

    /// The highest number of an event so far.
    pub async fn newest_webhook_event(&mut self) -> Result<i64, StorageError> {
        Ok(sql::query_scalar("SELECT coalesce(max(seq), 0) FROM webhook_events").fetch_one(self.conn()).await?)
    }
}

impl Tx {
    /// Removes events that happened before `before` and are delivered or given up, with their deliveries: a batch of those
    /// numbered above `after`. Gives the number to go on after; `None` when nothing older is left.
    pub async fn prune_webhook_events(&mut self, after: i64, before: Timestamp) -> Result<Option<i64>, StorageError> {
        const BATCH: &str = "SELECT seq, at FROM webhook_events WHERE seq > $1 ORDER BY seq LIMIT 500";
        const DELIVERIES: &str = "DELETE FROM webhook_deliveries WHERE webhook_id IN (SELECT id FROM webhooks)
            AND event_seq BETWEEN $1 AND $2 AND state <> 'pending'";
        const EVENTS: &str = "DELETE FROM webhook_events WHERE seq BETWEEN $1 AND $2
            AND NOT EXISTS (SELECT 1 FROM webhook_outbox o WHERE o.event_seq = webhook_events.seq)
            AND NOT EXISTS (SELECT 1 FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id AND d.event_seq = webhook_events.seq
                WHERE w.app_id = webhook_events.app_id)";
        let rows: Vec<(i64, i64)> = sql::query_as(BATCH).bind(after).fetch_all(self.conn()).await?;
        let old = rows.iter().take_while(|(_, at)| *at < before.millis());
        let Some((last, _)) = old.last() else { return Ok(None) };
        for sql in [DELIVERIES, EVENTS] {
            sql::query(sql).bind(after + 1).bind(last).execute(self.writing().await?).await?;
        }
        Ok(Some(*last))
    }

    /// Removes the events of `apps`, which are deleted: a batch of those numbered above `after`. Gives the number to go on after;
    /// `None` when that was all, and the apps are forgotten.
    pub async fn prune_events_of_departed_apps(
        &mut self,
        apps: &[AppId],
        after: i64,
    ) -> Result<Option<i64>, StorageError> {
        const LAST: &str =
            "SELECT max(seq) FROM (SELECT seq FROM webhook_events WHERE seq > $1 ORDER BY seq LIMIT 500) next";
        const EVENTS: &str = "DELETE FROM webhook_outbox WHERE event_seq IN
                (SELECT seq FROM webhook_events
                    WHERE seq > $1 AND seq <= $2 AND app_id IN (SELECT value FROM json_each($3)));
            DELETE FROM webhook_events WHERE seq > $1 AND seq <= $2 AND app_id IN (SELECT value FROM json_each($3))";
        const FORGET: &str = "DELETE FROM departed_apps WHERE id IN (SELECT value FROM json_each($1))";
        let last: Option<i64> = sql::query_scalar(LAST).bind(after).fetch_one(self.conn()).await?;
        let apps = json_text(&apps);
        match last {
            Some(last) => sql::query(EVENTS).bind(after).bind(last).bind(apps),
            None => sql::query(FORGET).bind(apps),
        }
        .execute(self.writing().await?)
        .await?;
        Ok(last)
    }
}
