//! Conversations, as the business and as a visitor see them.

mod change;
pub(super) mod create;
mod list;

use domain::{Conversation, ConversationId, Message, Page, PageRequest, UserId};

use super::visitors::require_open;
use super::{Chat, ChatError, Noun, Scope, VisitorIdentity};
use crate::storage::Visit;
pub use list::ConversationList;

/// A conversation with a page of its messages, both as of the same event.
#[derive(Debug, Clone)]
pub struct ConversationView {
    /// Who looks.
    pub reader: UserId,
    pub conversation: Conversation,
    /// Oldest first.
    pub messages: Page<Message>,
}

impl Chat {
    /// # Errors
    /// `NotFound(Conversation)`, also for a conversation of another app.
    pub async fn require_conversation(&self, scope: Scope, id: ConversationId) -> Result<Conversation, ChatError> {
        let conversation = self.storage.read().await?.conversation(scope.app, id).await?;
        conversation.ok_or(ChatError::NotFound(Noun::Conversation))
    }

    /// Conversations of `user`, newest first.
    /// # Errors
    /// `NotFound(Cursor)`.
    pub async fn conversations_of(
        &self,
        scope: Scope,
        user: UserId,
        page: PageRequest<ConversationId>,
    ) -> Result<Page<Conversation>, ChatError> {
        let page = self.storage.read().await?.conversations_of(scope.app, user, page).await?;
        page.ok_or(ChatError::NotFound(Noun::Cursor))
    }

    /// What a visitor's page shows: `wanted`, else the conversation where something happened last, with up to `limit` messages
    /// right before number `before` (`None`: the newest). `None` before the first message. Webhooks that ask for it hear of what
    /// the visitor has not seen before.
    /// # Errors
    /// `SessionEnded`; `NotFound(Conversation)` when `wanted` is not one of this visitor's.
    pub async fn visitor_conversation(
        &self,
        scope: Scope,
        visitor: &VisitorIdentity,
        wanted: Option<ConversationId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Option<ConversationView>, ChatError> {
        let mut reader = self.storage.read().await?;
        let visit = reader.visitor_session_with_conversation(visitor.integration, visitor.session, wanted).await?;
        require_open(&mut reader, visitor, visit.as_ref().map(|visit| &visit.session), self.clock.now()).await?;
        let shown = visit.as_ref().and_then(|visit| visit.conversation.as_ref()).map(|conversation| conversation.id);
        if wanted.is_some() && shown != wanted {
            return Err(ChatError::NotFound(Noun::Conversation));
        }
        let Some(Visit { session, conversation: Some(conversation), is_reported }) = visit else { return Ok(None) };
        let id = conversation.id;
        // Nothing newer than the conversation as just read, so that its number covers all that is shown.
        let end = conversation.seq + 1;
        let before = before.map_or(end, |before| before.min(end));
        let page = reader.messages_before(id, before, limit).await?;
        let messages = Page { more_after: before < end, ..page };
        if is_reported {
            self.note_shown(scope, id, session.user, &messages.items);
        }
        Ok(Some(ConversationView { reader: session.user, conversation, messages }))
    }
}
