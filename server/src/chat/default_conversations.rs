//! The one conversation that the older API knows of each user.

use domain::{ConversationId, Message, Page, UserId};

use super::{Chat, ChatError, DefaultConversation, Moment, Noun, Scope};

impl Chat {
    /// The default conversation of `user`; `None` before there is one.
    pub async fn default_conversation(
        &self,
        scope: Scope,
        user: UserId,
    ) -> Result<Option<DefaultConversation>, ChatError> {
        Ok(self.storage.read().await?.default_conversation(scope.app, user).await?)
    }

    /// # Errors
    /// `NotFound(Conversation)` before there is one.
    pub async fn require_default_conversation(
        &self,
        scope: Scope,
        user: UserId,
    ) -> Result<DefaultConversation, ChatError> {
        self.default_conversation(scope, user).await?.ok_or(ChatError::NotFound(Noun::Conversation))
    }

    /// Up to `limit` messages around `moment`, which is left out, oldest first.
    /// # Errors
    /// `NotFound(Conversation)`.
    pub async fn messages_at(
        &self,
        scope: Scope,
        conversation: ConversationId,
        moment: Moment,
        limit: u32,
    ) -> Result<Page<Message>, ChatError> {
        let mut reader = self.storage.read().await?;
        reader.conversation(scope.app, conversation).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
        Ok(reader.messages_at(conversation, moment, limit).await?)
    }
}
