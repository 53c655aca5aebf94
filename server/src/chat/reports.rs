//! What webhooks hear of how far a message came: to a channel, to the user's screen, or nowhere.

use domain::webhook::{DeliveryReport, Destination, EventError};
use domain::{ClientType, ConversationId, Message, MessageId, Timestamp, Trigger, TruncatedUser, UserId, WebhookEvent};

use super::{Chat, ChatError, Scope, event_stamp};
use crate::storage::{Road, StorageError, Tx};
use crate::telemetry::causes;

/// What integrations that are chat pages are called.
pub(super) const WEB: &str = "web";

/// Tells webhooks of the users whom `message` can't reach by the channel that it was meant for.
pub(super) async fn report_failures(
    tx: &mut Tx,
    scope: Scope,
    road: &Road,
    message: MessageId,
    destination: &Destination,
    now: Timestamp,
) -> Result<(), ChatError> {
    const FAILURE: Trigger = Trigger::DeliveryFailure;
    if !tx.subscribers(scope.app, Some(road.conversation.id), FAILURE).await?.hear(FAILURE) {
        return Ok(());
    }
    let error = EventError {
        code: "client_not_found".to_owned(),
        message: "The user has no client on this channel".to_owned(),
    };
    for id in &road.listeners {
        let Some(user) = tx.user(scope.app, *id).await? else { continue };
        if destination.kind == WEB && tx.client_of_type(*id, ClientType::Sdk).await?.is_some() {
            continue;
        }
        let (user, destination) = (TruncatedUser::from(&user), destination.clone());
        let report = DeliveryReport { user, message, destination, is_final: true };
        let event = WebhookEvent::delivery_failure(event_stamp(scope.app, now), &road.conversation, &report, &error);
        tx.queue_webhooks(&event).await?;
    }
    Ok(())
}

/// Tells webhooks that `message` was handed to the chat pages of those who take part.
pub(super) async fn report_handed_over(
    tx: &mut Tx,
    scope: Scope,
    road: &Road,
    message: MessageId,
    now: Timestamp,
) -> Result<(), ChatError> {
    for user in &road.listeners {
        if let Some(report) = report(tx, scope, *user, message, false).await? {
            let event = WebhookEvent::delivery_channel(event_stamp(scope.app, now), &road.conversation, &report);
            tx.queue_webhooks(&event).await?;
        }
    }
    Ok(())
}

/// Tells webhooks of what the business said in `conversation` up to number `seq` and `user` was not shown before.
pub(super) async fn report_reached(
    tx: &mut Tx,
    scope: Scope,
    conversation: ConversationId,
    user: UserId,
    seq: u64,
    now: Timestamp,
) -> Result<(), ChatError> {
    // Whoever was told of the end of a conversation hears no more of it.
    let Some(conversation) = tx.truncated_conversation(scope.app, conversation).await? else { return Ok(()) };
    for message in tx.note_reached(conversation.id, user, seq).await? {
        if let Some(report) = report(tx, scope, user, message, true).await? {
            let event = WebhookEvent::delivery_user(event_stamp(scope.app, now), &conversation, &report);
            tx.queue_webhooks(&event).await?;
        }
    }
    Ok(())
}

/// How far `message` has come to `user`; `None` for one without a chat page.
async fn report(
    tx: &mut Tx,
    scope: Scope,
    user: UserId,
    message: MessageId,
    is_final: bool,
) -> Result<Option<DeliveryReport>, StorageError> {
    let Some(user) = tx.user(scope.app, user).await? else { return Ok(None) };
    let endpoints = tx.endpoints_of(user.id).await?;
    let Some(client) = endpoints.into_iter().find(|endpoint| endpoint.kind == "sdk") else { return Ok(None) };
    let destination = Destination { kind: WEB.to_owned(), integration_id: client.integration };
    Ok(Some(DeliveryReport { user: TruncatedUser::from(&user), message, destination, is_final }))
}

impl Chat {
    /// Has webhooks told, soon, that `user` was shown `messages` of `conversation`, and whatever came before. Where nobody asks for
    /// it, nothing is written.
    pub fn note_shown<'a>(
        &self,
        scope: Scope,
        conversation: ConversationId,
        user: UserId,
        messages: impl IntoIterator<Item = &'a Message>,
    ) {
        let of_business = messages.into_iter().filter(|message| message.author.is_business());
        let Some(newest) = of_business.map(|message| message.seq).max() else { return };
        let chat = self.clone();
        tokio::spawn(async move {
            let told = async {
                if chat.storage.read().await?.is_reach_awaited(conversation, user, newest).await? {
                    chat.report_shown(scope, conversation, vec![user], newest).await?;
                }
                Ok::<_, ChatError>(())
            };
            if let Err(error) = told.await {
                tracing::warn!(error = causes(&error), "webhooks were not told that a message reached its user");
            }
        });
    }

    /// Tells webhooks that message number `seq` of `conversation` stands on the screens of `users`.
    pub(super) async fn report_shown(
        &self,
        scope: Scope,
        conversation: ConversationId,
        users: Vec<UserId>,
        seq: u64,
    ) -> Result<(), ChatError> {
        let now = self.clock.now();
        let telling = self.storage.write(move |tx| {
            Box::pin(async move {
                for user in users {
                    report_reached(tx, scope, conversation, user, seq, now).await?;
                }
                Ok(())
            })
        });
        telling.await
    }
}
