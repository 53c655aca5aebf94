//! The outbox: what happened and who is to hear of it, written in the transaction that causes it.

use domain::webhook::{LegacyTrigger, Trigger, legacy_subscription};
use domain::{AppId, ConversationId, WebhookEvent, WebhookId};

use super::row::Column;
use super::{Reader, StorageError, Tx};

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
            "(SELECT group_concat(t.trigger || '=' || t.webhook_id) FROM webhook_triggers t
                WHERE EXISTS (SELECT 1 FROM webhook_triggers some WHERE some.app_id = c.app_id)
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

/// One text: the event, a delivery for each webhook, and a lane where there is none. An event's number is the highest: there is
/// one writer, and it has just been given.
macro_rules! queue {
    ($app:literal, $at:literal, $lane:literal, $id:literal, $trigger:literal, $legacy:literal, $conversation:literal,
        $user:literal, $message:literal, $payload:literal, $webhooks:literal) => {
        concat!(
            "INSERT INTO webhook_events
                (app_id, at, lane, id, trigger, legacy_trigger, conversation_id, user_id, message_id, payload) VALUES (",
            $app, ", ", $at, ", ", $lane, ", ", $id, ", ", $trigger, ", ", $legacy, ", ", $conversation, ", ", $user, ", ",
            $message, ", ", $payload, ");
            INSERT INTO webhook_deliveries (webhook_id, event_seq, lane)
                SELECT value, (SELECT max(seq) FROM webhook_events), ", $lane, " FROM json_each(", $webhooks, ");
            INSERT INTO webhook_lanes (webhook_id, lane, due_at)
                SELECT value, ", $lane, ", ", $at, " FROM json_each(", $webhooks, ") WHERE TRUE ON CONFLICT DO NOTHING"
        )
    };
}
pub(super) use queue;

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
            // Who is offered control can only take it if it hears of the offer.
            subscribers!(
                "$2, $3, $4",
                " AND NOT ($2 = 'switchboard:offerControl' AND seat.id IS NOT DISTINCT FROM
                    (SELECT pending_switchboard_integration_id FROM conversations WHERE id = $5))"
            ),
            " FROM (SELECT $1 AS app_id, (SELECT active_switchboard_integration_id FROM conversations WHERE id = $5)
                AS active_switchboard_integration_id) c"
        );
        let text: Option<String> = sqlx::query_scalar(SQL)
            .bind(app.to_string())
            .bind(trigger.as_str())
            .bind(trigger.legacy(true).map(legacy_subscription))
            .bind(trigger.legacy(false).map(legacy_subscription))
            .bind(conversation.map(|id| id.to_string()))
            .fetch_one(self.conn())
            .await?;
        Subscribers::parse(text.as_deref())
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
        sqlx::query(QUEUE)
            .bind(&app)
            .bind(event.stamp.at.millis())
            .bind(lane)
            .bind(event.stamp.id.to_string())
            .bind(event.trigger.as_str())
            .bind(event.legacy.map(LegacyTrigger::as_str))
            .bind(conversation)
            .bind(user)
            .bind(event.message.map(|id| id.to_string()))
            .bind(event.payload.to_string())
            .bind(webhooks)
            .execute(self.writing().await?)
            .await?;
        self.note_queued();
        Ok(())
    }
}
