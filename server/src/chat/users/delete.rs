//! The end of a user, and of what tells who a user is.

use domain::{ConversationId, Event, TruncatedUser, User, UserId, WebhookEvent};

use crate::chat::{Chat, ChatError, Noun, Scope, event_stamp};
use crate::storage::Departed;

/// Who was deleted, and the conversations that went along.
type Deleted = (UserId, Vec<ConversationId>);

impl Chat {
    /// Deletes the user with this id or external id, with clients, devices and personal conversations; groups lose the
    /// participant, and forget soon what the user was called. Browsers that speak for the user are cut off, and cannot bring the
    /// user back.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn delete_user(&self, scope: Scope, called: String) -> Result<(), ChatError> {
        self.remove_user(scope, called, false).await
    }

    /// The same, and groups forget soon what the user said. Links that speak for the user go, too.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn erase_user(&self, scope: Scope, called: String) -> Result<(), ChatError> {
        self.remove_user(scope, called, true).await
    }

    async fn remove_user(&self, scope: Scope, called: String, words: bool) -> Result<(), ChatError> {
        let (now, fanout) = (self.clock.now(), self.fanout.clone());
        let deletion = self.storage.write_then(
            move |tx| {
                Box::pin(async move {
                    let user = tx.user_called(scope.app, &called).await?.ok_or(ChatError::NotFound(Noun::User))?;
                    let conversations = tx.personal_conversations_of(user.id).await?;
                    let named = TruncatedUser::from(&user);
                    // What is kept forgets the person; these last events still say who it was.
                    tx.scrub_webhook_events_of(user.id).await?;
                    for group in tx.groups_of(user.id).await? {
                        if let Some(left) = tx.truncated_conversation(scope.app, group).await? {
                            let event = WebhookEvent::leave(event_stamp(scope.app, now), &left, &named);
                            tx.queue_webhooks(&event).await?;
                        }
                    }
                    let event = WebhookEvent::user_remove(event_stamp(scope.app, now), &named);
                    tx.queue_webhooks(&event).await?;
                    for conversation in &conversations {
                        if let Some(told) = tx.truncated_conversation(scope.app, *conversation).await? {
                            let event = WebhookEvent::conversation_remove(event_stamp(scope.app, now), &told);
                            tx.queue_webhooks(&event).await?;
                        }
                        tx.scrub_webhook_events(*conversation, None).await?;
                        tx.delete_conversation(scope.app, *conversation, now).await?;
                    }
                    if let Some(external_id) = user.external_id.as_deref().filter(|_| words) {
                        tx.delete_links_for(scope.app, external_id).await?;
                    }
                    tx.begin_erasure(user.id, words).await?;
                    tx.delete_user(scope.app, user.id, now).await?;
                    tx.insert_departed(scope.app, user.id, Departed::Deleted, now).await?;
                    Ok((user.id, conversations))
                })
            },
            move |(user, conversations): &Deleted| {
                fanout.cut_off(*user);
                for conversation in conversations {
                    fanout.publish(scope.app, &[], &Event::conversation_remove(*conversation, now));
                }
            },
        );
        let deletion: Result<Deleted, ChatError> = deletion.await;
        self.sweep_soon();
        self.erase_soon();
        deletion.map(drop)
    }

    /// Forgets who the user with this id or external id is: names, e-mail, avatar, metadata, and what clients and devices tell;
    /// soon also the name and avatar at the user's messages. Ids, locale and history stay.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn delete_personal_information(&self, scope: Scope, called: String) -> Result<User, ChatError> {
        let deletion = self.storage.write(move |tx| {
            Box::pin(async move {
                let user = tx.user_called(scope.app, &called).await?.ok_or(ChatError::NotFound(Noun::User))?;
                let user = user.without_personal_information();
                tx.update_user(scope.app, &user).await?;
                tx.clear_clients_of(user.id).await?;
                tx.scrub_webhook_events_of(user.id).await?;
                tx.begin_erasure(user.id, false).await?;
                Ok(user)
            })
        });
        let deletion = deletion.await;
        self.erase_soon();
        deletion
    }
}
