//! Taking messages back.

use domain::{ConversationId, Event, MessageId, UserId};

use super::{Chat, ChatError, Noun, Scope};

/// A deletion that is on disk: what to tell, and whom. `None` when there was nothing to delete.
type Deletion = Option<(Vec<UserId>, Event)>;

impl Chat {
    /// Deletes a message: its place in the log stays, its words are gone.
    /// # Errors
    /// `NotFound(Conversation)`; `NotFound(Message)`, also for one of another conversation and one that was deleted before.
    pub async fn delete_message(
        &self,
        scope: Scope,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<(), ChatError> {
        self.delete(scope, conversation, Some(id)).await
    }

    /// Deletes all messages of a conversation, which may be filled again.
    /// # Errors
    /// `NotFound(Conversation)`.
    pub async fn delete_messages(&self, scope: Scope, conversation: ConversationId) -> Result<(), ChatError> {
        self.delete(scope, conversation, None).await
    }

    /// Deletes message `id`, all of them where there is none.
    async fn delete(&self, scope: Scope, conversation: ConversationId, id: Option<MessageId>) -> Result<(), ChatError> {
        let now = self.clock.now();
        let fanout = self.fanout.clone();
        let deletion: Result<Deletion, ChatError> = self
            .storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let road = tx.road_to(scope.app, conversation, None).await?;
                        let road = road.ok_or(ChatError::NotFound(Noun::Conversation))?;
                        let (seq, at) = (road.seq + 1, now.max(road.last_updated_at));
                        if let Some(id) = id {
                            let message = tx.message(conversation, id).await?;
                            let message = message.ok_or(ChatError::NotFound(Noun::Message))?;
                            tx.delete_message(conversation, &message, seq, at).await?;
                        } else if road.message_count > 0 {
                            tx.delete_messages(conversation, seq, at).await?;
                        } else {
                            return Ok(None);
                        }
                        tx.scrub_webhook_events(conversation, id).await?;
                        Ok(Some((road.listeners, Event::message_remove(conversation, seq, at, id))))
                    })
                },
                move |deletion: &Deletion| {
                    if let Some((listeners, event)) = deletion {
                        fanout.publish(scope.app, listeners, event);
                    }
                },
            )
            .await;
        deletion.map(drop)
    }
}
