//! What the business changes about a conversation, up to its end.

use domain::{Conversation, ConversationId, ConversationPatch, Event, Invalid, UserId, WebhookEvent};

use crate::chat::{Chat, ChatError, Noun, Scope, event_stamp};

impl Chat {
    /// Changes what `patch` names.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Conversation)`.
    pub async fn update_conversation(
        &self,
        scope: Scope,
        id: ConversationId,
        patch: ConversationPatch,
    ) -> Result<Conversation, ChatError> {
        let patch = patch.checked()?;
        let change = self.storage.write(move |tx| {
            Box::pin(async move {
                let conversation = tx.conversation(scope.app, id).await?;
                let conversation = patch.apply(conversation.ok_or(ChatError::NotFound(Noun::Conversation))?)?;
                tx.update_conversation(scope.app, &conversation).await?;
                Ok(conversation)
            })
        });
        change.await
    }

    /// Deletes a conversation with all that was said in it; pages that show it are told.
    /// # Errors
    /// `Invalid` for a default conversation; `NotFound(Conversation)`.
    pub async fn delete_conversation(&self, scope: Scope, id: ConversationId) -> Result<(), ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        let deletion = self.storage.write_then(
            move |tx| {
                Box::pin(async move {
                    let no_such = || ChatError::NotFound(Noun::Conversation);
                    let conversation = tx.conversation(scope.app, id).await?.ok_or_else(no_such)?;
                    if conversation.is_default {
                        let name = format!("Conversation {id}");
                        return Err(Invalid::new(name, "cannot be deleted because it is the default.").into());
                    }
                    let road = tx.road_to(scope.app, id, None).await?.ok_or_else(no_such)?;
                    let event = WebhookEvent::conversation_remove(event_stamp(scope.app, now), &road.conversation);
                    tx.queue_webhooks(&event).await?;
                    tx.scrub_webhook_events(id, None).await?;
                    tx.delete_conversation(scope.app, id, now).await?;
                    Ok(road.listeners)
                })
            },
            move |listeners: &Vec<UserId>| {
                fanout.publish(scope.app, listeners, &Event::conversation_remove(id, now));
            },
        );
        let deletion: Result<Vec<UserId>, ChatError> = deletion.await;
        self.sweep_soon();
        deletion.map(drop)
    }
}
