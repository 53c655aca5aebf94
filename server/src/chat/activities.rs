//! Typing and reading.

use domain::{
    Activity, ActivityType, Author, ConversationId, Event, Source, Timestamp, Trigger, TruncatedConversation,
    TruncatedUser, UserId, WebhookEvent,
};

use super::reports::report_reached;
use super::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::storage::Tx;

/// A read that is on disk: what to tell, and whom. `None` when there was nothing new to read.
type Read = Option<(Vec<UserId>, Event)>;

impl Chat {
    /// Does what `activity` says in `conversation`, as it came by `source`: reading is kept, typing only passed on.
    /// # Errors
    /// `NotFound(Conversation)`, also for a user who takes no part in it.
    pub async fn record_activity(
        &self,
        scope: Scope,
        conversation: ConversationId,
        activity: Activity,
        source: Source,
    ) -> Result<(), ChatError> {
        match activity.kind {
            ActivityType::Read => self.mark_read(scope, conversation, activity.author, source).await,
            ActivityType::TypingStart | ActivityType::TypingStop => {
                self.pass_on(scope, conversation, activity, source).await
            }
        }
    }

    async fn pass_on(
        &self,
        scope: Scope,
        conversation: ConversationId,
        activity: Activity,
        source: Source,
    ) -> Result<(), ChatError> {
        let mut reader = self.storage.read().await?;
        let road = reader.road_to(scope.app, conversation, None).await?;
        let road = road.ok_or(ChatError::NotFound(Noun::Conversation))?;
        let (kind, now) = (activity.kind, self.clock.now());
        let user = activity.author.user_id;
        if user.is_some_and(|user| !road.listeners.contains(&user)) {
            return Err(ChatError::NotFound(Noun::Conversation));
        }
        self.fanout.publish(scope.app, &road.listeners, &Event::typing(conversation, now, activity));
        let Some(user) = user else { return Ok(()) };
        // Typing costs a row only where somebody pays attention.
        let subscribers = reader.subscribers(scope.app, Some(conversation), Trigger::ConversationTyping).await?;
        drop(reader);
        if !subscribers.hear(Trigger::ConversationTyping) {
            return Ok(());
        }
        self.storage
            .write(move |tx| {
                Box::pin(async move { tell(tx, scope, &road.conversation, kind, user, &source, now).await })
            })
            .await
    }

    async fn mark_read(
        &self,
        scope: Scope,
        conversation: ConversationId,
        reader: Author,
        source: Source,
    ) -> Result<(), ChatError> {
        let now = self.clock.now();
        let fanout = self.fanout.clone();
        let read: Result<Read, ChatError> = self
            .storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let road = tx.road_to(scope.app, conversation, None).await?;
                        let road = road.ok_or(ChatError::NotFound(Noun::Conversation))?;
                        let at: Timestamp = now.max(road.last_updated_at);
                        let is_news = match reader.user_id {
                            Some(user) => {
                                let unread = tx.unread_count_of(conversation, user).await?;
                                let is_news = unread.ok_or(ChatError::NotFound(Noun::Conversation))? > 0;
                                if road.subscribers.hear(Trigger::DeliveryUser) {
                                    report_reached(tx, scope, conversation, user, road.seq, now).await?;
                                }
                                if !is_news {
                                    tx.touch_read(conversation, user, at).await?;
                                    tell(tx, scope, &road.conversation, ActivityType::Read, user, &source, now).await?;
                                }
                                is_news
                            }
                            None if road.seq > road.business_read_seq => true,
                            None => {
                                tx.touch_business_read(conversation, at).await?;
                                false
                            }
                        };
                        if !is_news {
                            return Ok(None);
                        }
                        tx.append_read(conversation, road.seq + 1, reader.user_id, at).await?;
                        if let Some(user) = reader.user_id {
                            tell(tx, scope, &road.conversation, ActivityType::Read, user, &source, now).await?;
                        }
                        let activity = Activity { kind: ActivityType::Read, author: reader };
                        Ok(Some((road.listeners, Event::read(conversation, road.seq + 1, at, activity))))
                    })
                },
                move |read: &Read| {
                    if let Some((listeners, event)) = read {
                        fanout.publish(scope.app, listeners, event);
                    }
                },
            )
            .await;
        read.map(drop)
    }
}

/// Tells webhooks what `user` does.
async fn tell(
    tx: &mut Tx,
    scope: Scope,
    conversation: &TruncatedConversation,
    kind: ActivityType,
    user: UserId,
    source: &Source,
    now: Timestamp,
) -> Result<(), ChatError> {
    let user = tx.user(scope.app, user).await?.ok_or(ChatError::NotFound(Noun::User))?;
    let event =
        WebhookEvent::activity(event_stamp(scope.app, now), conversation, kind, &TruncatedUser::from(&user), source);
    Ok(tx.queue_webhooks(&event).await?)
}
