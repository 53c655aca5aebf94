//! Taking messages back.

use domain::{ConversationId, Event, MessageId, Timestamp, UserId};

use super::{Chat, ChatError, Noun, Scope};

/// A deletion that is on disk: what to tell, and whom. `None` when there was nothing to delete.
type Deletion = Option<(Vec<UserId>, Event)>;

/// What of a conversation is to go.
#[derive(Debug, Clone, Copy)]
enum Doomed {
    Message(MessageId),
    All,
    /// All messages and files, unless something was said after this moment.
    IdleSince(Timestamp),
}

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
        self.delete(scope, conversation, Doomed::Message(id)).await
    }

    /// Deletes all messages of a conversation, which may be filled again.
    /// # Errors
    /// `NotFound(Conversation)`.
    pub async fn delete_messages(&self, scope: Scope, conversation: ConversationId) -> Result<(), ChatError> {
        self.delete(scope, conversation, Doomed::All).await
    }

    /// Deletes all messages and files of a conversation where nothing was said after `until`; else nothing.
    pub(super) async fn expire(
        &self,
        scope: Scope,
        conversation: ConversationId,
        until: Timestamp,
    ) -> Result<(), ChatError> {
        match self.delete(scope, conversation, Doomed::IdleSince(until)).await {
            // Somebody deleted the conversation first.
            Err(ChatError::NotFound(Noun::Conversation)) => Ok(()),
            deleted => deleted,
        }
    }

    async fn delete(&self, scope: Scope, conversation: ConversationId, doomed: Doomed) -> Result<(), ChatError> {
        let (chat, now) = (self.clone(), self.clock.now());
        let deletion: Result<Deletion, ChatError> = self
            .storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let road = tx.road_to(scope.app, conversation, None).await?;
                        let road = road.ok_or(ChatError::NotFound(Noun::Conversation))?;
                        let (seq, at) = (road.seq + 1, now.max(road.last_updated_at));
                        let id = match doomed {
                            Doomed::Message(id) => {
                                let message = tx.message(conversation, id).await?;
                                let message = message.ok_or(ChatError::NotFound(Noun::Message))?;
                                tx.delete_message(conversation, &message, seq, at).await?;
                                Some(id)
                            }
                            Doomed::IdleSince(until) if road.last_updated_at > until => return Ok(None),
                            Doomed::All | Doomed::IdleSince(_) if road.message_count == 0 => return Ok(None),
                            Doomed::All => {
                                tx.delete_messages(conversation, seq, at).await?;
                                None
                            }
                            Doomed::IdleSince(_) => {
                                tx.delete_attachments_of_conversation(scope.app, conversation, now).await?;
                                tx.delete_messages(conversation, seq, at).await?;
                                None
                            }
                        };
                        tx.scrub_webhook_events(conversation, id).await?;
                        Ok(Some((road.listeners, Event::message_remove(conversation, seq, at, id))))
                    })
                },
                move |deletion: &Deletion| {
                    if let Some((listeners, event)) = deletion {
                        chat.fanout.publish(scope.app, listeners, event);
                        if matches!(doomed, Doomed::IdleSince(_)) {
                            chat.sweep_soon();
                        }
                    }
                },
            )
            .await;
        deletion.map(drop)
    }
}
