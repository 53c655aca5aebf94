//! The outbox: what happened and who is to hear of it, written in the transaction that causes it, and sorted into lanes later.

use domain::webhook::{LegacyTrigger, Trigger, legacy_subscription};
use domain::{AppId, ConversationId, WebhookEvent, WebhookId};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

/// Webhooks that hear of what may happen next, by subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscribers(Vec<(String, WebhookId)>);

impl Subscribers {
    /// Reads `subscription=webhook,…`, as the queries below put it together; `None` stands for nobody.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, StorageError> {
        let pairs = text.unwrap_or_default().split(',').filter_map(|pair| pair.rsplit_once('='));
        let pairs = pairs.map(|(name, id)| Ok((name.to_owned(), Column("webhook_triggers", "webhook_id").parse(id)?)));
        Ok(Self(pairs.collect::<Result<_, StorageError>>()?))
    }

    /// Whether anybody hears of such an event, in either version.
    pub fn hear(&self, trigger: Trigger) -> bool {
        let legacy = [trigger.legacy(true), trigger.legacy(false)].map(|legacy| legacy.map(legacy_subscription));
        self.0.iter().any(|(name, _)| name == trigger.as_str() || legacy.iter().flatten().any(|legacy| legacy == name))
    }

    /// Who hears of an event with these names, as a JSON list of ids; `None` when nobody does.
    pub(super) fn of(&self, trigger: Trigger, legacy: Option<LegacyTrigger>) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let legacy = legacy.map(legacy_subscription);
        let hears = |name: &str| name == trigger.as_str() || Some(name) == legacy.as_deref();
        let ids: Vec<String> =
            self.0.iter().filter(|(name, _)| hears(name)).map(|(_, id)| format!("\"{id}\"")).collect();
        (!ids.is_empty()).then(|| format!("[{}]", ids.join(",")))
    }
}

/// Who hears of the events called `$names` in the conversation `c`. An integration at an enabled switchboard that wants no
/// standby events hears of nothing where another one, or nobody, is active; `$but` may say where it does all the same.
macro_rules! subscribers {
    ($names:literal) => {
        $crate::storage::outbox::subscribers!($names, "")
    };
    ($names:literal, $but:literal) => {
        concat!(
            // Most apps have no webhook: one look instead of one for each name.
            "(SELECT string_agg(t.trigger || '=' || t.webhook_id, ',') FROM webhook_triggers t
                WHERE EXISTS (SELECT 1 FROM webhook_triggers one WHERE one.app_id = c.app_id)
                AND t.app_id = c.app_id AND t.trigger IN (",
            $names,
            ") AND NOT EXISTS (SELECT 1 FROM webhooks w
                JOIN switchboard_integrations seat ON seat.integration_id = w.integration_id
                JOIN switchboards board ON board.id = seat.switchboard_id
                WHERE w.id = t.webhook_id AND board.enabled AND NOT seat.deliver_standby_events
                    AND NOT EXISTS (SELECT 1 FROM switchboard_integrations own
                        WHERE own.id = c.active_switchboard_integration_id AND own.integration_id = w.integration_id)",
            $but,
            "))"
        )
    };
}
pub(super) use subscribers;

/// Who hears of a new message and of its delivery.
macro_rules! message_subscribers {
    () => {
        $crate::storage::outbox::subscribers!(
            "'conversation:message', 'v1:message:appUser', 'v1:message:appMaker',
            'conversation:message:delivery:channel', 'v1:message:delivery:channel',
            'conversation:message:delivery:user', 'v1:message:delivery:user'"
        )
    };
}
pub(super) use message_subscribers;

/// An event and who is to hear of it; the database puts it into the outbox.
macro_rules! queue {
    ($app:literal, $at:literal, $lane:literal, $id:literal, $trigger:literal, $legacy:literal, $conversation:literal,
        $user:literal, $message:literal, $payload:literal, $webhooks:literal) => {
        concat!(
            "INSERT INTO webhook_events
                (app_id, at, lane, id, trigger, legacy_trigger, conversation_id, user_id, message_id, payload, webhooks)
                VALUES (",
            $app, ", ", $at, ", ", $lane, ", ", $id, ", ", $trigger, ", ", $legacy, ", ", $conversation, ", ", $user, ", ",
            $message, ", ", $payload, ", ", $webhooks, ")"
        )
    };
}
pub(super) use queue;

/// One text: a delivery for each webhook that is to hear of the events up to number `$1`, and a lane where there is none. Those
/// who were deleted since are passed over. `CROSS JOIN` has SQLite begin with the outbox instead of with all kept events.
macro_rules! sort {
    () => {
        concat!(
            "INSERT INTO webhook_deliveries (webhook_id, event_seq, lane) SELECT w.id, o.event_seq, e.lane ",
            sort!(from),
            " ORDER BY o.event_seq;
            INSERT INTO webhook_lanes (webhook_id, lane, due_at) SELECT w.id, e.lane, min(e.at) ",
            sort!(from),
            " GROUP BY w.id, e.lane ON CONFLICT DO NOTHING;
            DELETE FROM webhook_outbox WHERE event_seq <= $1"
        )
    };
    (from) => {
        "FROM webhook_outbox o CROSS JOIN webhook_events e CROSS JOIN json_each(e.webhooks) hearer
            JOIN webhooks w ON w.id = hearer.value WHERE o.event_seq <= $1 AND e.seq = o.event_seq"
    };
}

/// Events that are sorted in one go, so that nobody's write waits for long.
const SORTED_AT_ONCE: i64 = 500;

impl Reader {
    /// Who may hear of an event with this trigger, in either version: where it costs much to make, ask first.
    pub async fn subscribers(
        &mut self,
        app: AppId,
        conversation: Option<ConversationId>,
        trigger: Trigger,
    ) -> Result<Subscribers, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            // What happens in no conversation is nobody's to stand by for, and who is offered control can only take it if it hears
            // of the offer.
            subscribers!(
                "$2, $3, $4",
                " AND $5 IS NOT NULL AND NOT ($2 = 'switchboard:offerControl' AND seat.id IS NOT DISTINCT FROM
                    (SELECT pending_switchboard_integration_id FROM conversations WHERE id = $5))"
            ),
            " FROM (SELECT $1 AS app_id, (SELECT active_switchboard_integration_id FROM conversations WHERE id = $5)
                AS active_switchboard_integration_id) c"
        );
        let text: Option<String> = sql::query_scalar(SQL)
            .bind(app.to_string())
            .bind(trigger.as_str())
            .bind(trigger.legacy(true).map(legacy_subscription))
            .bind(trigger.legacy(false).map(legacy_subscription))
            .bind(conversation.map(|id| id.to_string()))
            .fetch_one(self.conn())
            .await?;
        Subscribers::parse(text.as_deref())
    }

    /// Whether the outbox holds something.
    pub async fn has_unsorted_events(&mut self) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM webhook_outbox)";
        Ok(sql::query_scalar(SQL).fetch_one(self.conn()).await?)
    }
}

impl Tx {
    /// Has every webhook that subscribes to it told of `event`, once this transaction is on disk; does nothing when none does.
    ///
    /// Of what is about to be deleted, queue the event first: who hears of it depends on what is stored.
    pub async fn queue_webhooks(&mut self, event: &WebhookEvent) -> Result<(), StorageError> {
        const QUEUE: &str = queue!("$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11");
        let app = event.stamp.app.to_string();
        let subscribers = self.subscribers(event.stamp.app, event.conversation, event.trigger).await?;
        let Some(webhooks) = subscribers.of(event.trigger, event.legacy) else { return Ok(()) };
        let conversation = event.conversation.map(|id| id.to_string());
        let user = event.user.map(|id| id.to_string());
        // What happens neither in a conversation nor to a user is ordered by app.
        let lane = conversation.as_ref().or(user.as_ref()).unwrap_or(&app).clone();
        sql::query(QUEUE)
            .bind(&app)
            .bind(event.stamp.at.millis())
            .bind(lane)
            .bind(event.stamp.id.to_string())
            .bind(event.trigger.as_str())
            .bind(event.legacy.map(LegacyTrigger::as_str))
            .bind(conversation)
            .bind(user)
            .bind(event.message.map(|id| id.to_string()))
            .bind(&event.payload)
            .bind(webhooks)
            .execute(self.writing().await?)
            .await?;
        self.note_queued();
        Ok(())
    }

    /// Makes deliveries of what has been in the outbox longest; gives of how many events, and whether there are more.
    pub async fn sort_events(&mut self) -> Result<(u64, bool), StorageError> {
        const BATCH: &str = "SELECT count(*), max(event_seq) FROM
            (SELECT event_seq FROM webhook_outbox ORDER BY event_seq LIMIT $1) oldest";
        const SORT: &str = sort!();
        let (count, last): (i64, Option<i64>) =
            sql::query_as(BATCH).bind(SORTED_AT_ONCE).fetch_one(self.conn()).await?;
        let Some(last) = last else { return Ok((0, false)) };
        sql::query(SORT).bind(last).execute(self.writing().await?).await?;
        Ok((Column("webhook_outbox", "event_seq").count(count)?, count == SORTED_AT_ONCE))
    }
}
