//! The list of a visitor's conversations.

use domain::{ConversationId, ListKey, UserId};

use crate::chat::visitors::require_open;
use crate::chat::{Chat, ChatError, VisitorIdentity, new_id};
use crate::storage::ListedConversation;

/// A page of the list.
#[derive(Debug, Clone)]
pub struct ConversationList {
    /// Whose it is; `None` for a visitor who has not spoken yet.
    pub user: Option<UserId>,
    /// Where something happened last comes first.
    pub items: Vec<ListedConversation>,
    /// Where the next page begins.
    pub more: Option<ListKey>,
}

impl Chat {
    /// How many conversations `visitor` has to choose from.
    /// # Errors
    /// `SessionEnded`.
    pub async fn visitor_conversation_count(&self, visitor: &VisitorIdentity) -> Result<u64, ChatError> {
        let Some(session) = self.visitor_session(visitor).await? else { return Ok(0) };
        Ok(self.storage.read().await?.listed_count(session.user).await?)
    }

    /// Up to `limit` of the visitor's conversations after `after`.
    /// # Errors
    /// `SessionEnded`.
    pub async fn visitor_conversations(
        &self,
        visitor: &VisitorIdentity,
        after: Option<ListKey>,
        limit: u32,
    ) -> Result<ConversationList, ChatError> {
        let mut reader = self.storage.read().await?;
        let session = reader.visitor_session(visitor.integration, visitor.session).await?;
        require_open(&mut reader, visitor, session.as_ref(), self.clock.now()).await?;
        let Some(session) = session else { return Ok(ConversationList { user: None, items: Vec::new(), more: None }) };
        let mut items = reader.listed_conversations(session.user, after, limit + 1).await?;
        let has_more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let key =
            |last: &ListedConversation| ListKey { at: last.conversation.last_updated_at, id: last.conversation.id };
        let more = items.last().filter(|_| has_more).map(key);
        Ok(ConversationList { user: Some(session.user), items, more })
    }

    /// Messages that the visitor has not read in conversations other than `shown`.
    /// # Errors
    /// `SessionEnded`.
    pub async fn visitor_unread_elsewhere(
        &self,
        visitor: &VisitorIdentity,
        shown: Option<ConversationId>,
    ) -> Result<u64, ChatError> {
        let Some(session) = self.visitor_session(visitor).await? else { return Ok(0) };
        Ok(self.storage.read().await?.unread_elsewhere(session.user, shown).await?)
    }

    /// An id for a conversation to be.
    pub fn new_conversation_id(&self) -> ConversationId {
        new_id(ConversationId::new, self.clock.now())
    }

    /// Whether there is a conversation with this id, whoever's it is.
    pub async fn is_conversation(&self, id: ConversationId) -> Result<bool, ChatError> {
        Ok(self.storage.read().await?.is_conversation(id).await?)
    }
}
