//! Deliveries that are made again.

use domain::webhook::DeliveryId;
use domain::{Timestamp, WebhookId};

use super::row::json_text;
use super::{Reader, StorageError, Tx, sql};

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

impl Reader {
    /// Deliveries to `webhook` that `selection` names: a batch of those numbered above `after` and up to `until`, in order.
    pub async fn deliveries_to_replay(
        &mut self,
        webhook: WebhookId,
        selection: ReplaySelection,
        after: DeliveryId,
        until: DeliveryId,
    ) -> Result<Vec<DeliveryId>, StorageError> {
        const FAILED: &str = "SELECT event_seq FROM webhook_deliveries INDEXED BY webhook_deliveries_by_state
            WHERE webhook_id = $1 AND event_seq > $2 AND event_seq <= $3 AND state = 'failed' AND NOT replayed
            ORDER BY event_seq LIMIT 200";
        const BETWEEN: &str =
            "SELECT d.event_seq FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
            WHERE d.webhook_id = $1 AND d.event_seq > $2 AND d.event_seq <= $3 AND d.state <> 'pending'
                AND e.replay_of IS NULL AND e.at >= $4 AND e.at < $5
            ORDER BY d.event_seq LIMIT 200";
        let select = |sql| sql::query_scalar(sql).bind(webhook.to_string()).bind(after.0).bind(until.0);
        let chosen: Vec<i64> = match selection {
            ReplaySelection::One(id) => return Ok(Vec::from_iter((id > after && id <= until).then_some(id))),
            ReplaySelection::Failed => select(FAILED).fetch_all(self.conn()).await?,
            ReplaySelection::Between { from, to } => {
                select(BETWEEN).bind(from.millis()).bind(to.millis()).fetch_all(self.conn()).await?
            }
        };
        Ok(chosen.into_iter().map(DeliveryId).collect())
    }
}

impl Tx {
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
            WHERE webhook_id = $1 AND event_seq IN (SELECT CAST(value AS BIGINT) FROM json_each($2)) AND state <> 'pending'
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
        let still: Vec<i64> = sql::query_scalar(STILL)
            .bind(&webhook)
            .bind(json_text(&chosen))
            .bind(selection == ReplaySelection::Failed)
            .fetch_all(self.conn())
            .await?;
        for seq in &still {
            sql::query(REPEAT).bind(&webhook).bind(seq).bind(now.millis()).execute(self.writing().await?).await?;
        }
        self.note_queued();
        Ok(still.len() as u64)
    }
}
