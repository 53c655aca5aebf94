//! Typing and reading.

use domain::{Activity, ActivityType, Author, ConversationId, Event, Timestamp, UserId};

use super::{Chat, ChatError, Noun, Scope};

/// A read that is on disk: what to tell, and whom. `None` when there was nothing new to read.
type Read = Option<(Vec<UserId>, Event)>;

impl Chat {
    /// Does what `activity` says in `conversation`: reading is kept, typing only passed on.
    /// # Errors
    /// `NotFound(Conversation)`, also for a user who takes no part in it.
    pub async fn record_activity(
        &self,
        scope: Scope,
        conversation: ConversationId,
        activity: Activity,
    ) -> Result<(), ChatError> {
        match activity.kind {
            ActivityType::Read => self.mark_read(scope, conversation, activity.author).await,
            ActivityType::TypingStart | ActivityType::TypingStop => self.pass_on(scope, conversation, activity).await,
        }
    }

    async fn pass_on(&self, scope: Scope, conversation: ConversationId, activity: Activity) -> Result<(), ChatError> {
        let road = self.storage.read().await?.road_to(scope.app, conversation, None).await?;
        let road = road.ok_or(ChatError::NotFound(Noun::Conversation))?;
        self.fanout.publish(scope.app, &road.listeners, &Event::typing(conversation, self.clock.now(), activity));
        Ok(())
    }

    async fn mark_read(&self, scope: Scope, conversation: ConversationId, reader: Author) -> Result<(), ChatError> {
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
                                unread.ok_or(ChatError::NotFound(Noun::Conversation))? > 0
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
