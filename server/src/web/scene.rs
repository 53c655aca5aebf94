//! What a chat page shows: one conversation, the beginning of another, or the list of all.

use domain::{ConversationId, WebIntegration};

use super::list::LIST_PAGE;
use super::pages::Ask;
use super::way::{Wanted, Ways};
use crate::chat::{ChatError, ConversationList, ConversationView, Scope, VisitorIdentity};

pub(super) enum Scene {
    /// A page of the list, which begins where this says.
    List(ConversationList, Wanted),
    Conversation(Box<Shown>),
}

/// One conversation.
#[derive(Default)]
pub(super) struct Shown {
    /// `None` before its first message.
    pub view: Option<ConversationView>,
    /// The id that it gets with the first message, where it is a further one.
    pub fresh: Option<ConversationId>,
    /// Messages not read in others, where there is a list to go back to.
    pub unread_elsewhere: Option<u64>,
    /// Where it is.
    pub at: Wanted,
}

impl Ask {
    pub(super) fn ways<'a>(&'a self, integration: &WebIntegration) -> Ways<'a> {
        Ways { base: &self.state.site.base, surface: self.surface, integration: integration.id, query: &self.query }
    }

    /// What to show to `visitor`, who is `None` before they were ever here. Somebody who came to write, because the composer
    /// holds something or something is wrong, is not sent to the list.
    /// # Errors
    /// `SessionEnded`.
    pub(super) async fn scene(
        &self,
        page: &WebIntegration,
        visitor: Option<&VisitorIdentity>,
        is_writing: bool,
    ) -> Result<Scene, ChatError> {
        let (chat, scope) = (&self.state.chat, Scope::of_app(page.app));
        let settings = chat.app_settings(page.app).await?;
        let count = match visitor {
            Some(visitor) if settings.multi_convo_enabled => chat.visitor_conversation_count(visitor).await?,
            _ => 0,
        };
        let shows_list = page.web.shows_list(&settings, count);
        let wanted = match self.wanted {
            Wanted::List(_) if !shows_list => Wanted::Anything,
            // The first conversation begins by itself.
            Wanted::New(_) if count == 0 || !page.web.lets_begin_more(&settings) => Wanted::Anything,
            wanted => wanted,
        };
        let mut shown = match (wanted, visitor) {
            (Wanted::List(_), _) | (Wanted::Anything, Some(_)) => None,
            (_, None) => Some(Shown::default()),
            (Wanted::One(id), Some(visitor)) => self.own(scope, visitor, id).await?,
            (Wanted::New(id), Some(visitor)) => Some(self.another(scope, visitor, id).await?),
        };
        if shown.is_none() && matches!(wanted, Wanted::List(_))
            || shown.is_none() && shows_list && count > 1 && !is_writing
        {
            let after = if let Wanted::List(after) = wanted { after } else { None };
            let list = match visitor {
                Some(visitor) => chat.visitor_conversations(visitor, after, LIST_PAGE).await?,
                None => ConversationList { user: None, items: Vec::new(), more: None },
            };
            return Ok(Scene::List(list, Wanted::List(after)));
        }
        if let (None, Some(visitor)) = (&shown, visitor) {
            let view = self.view(scope, visitor, None).await?;
            let at = view.as_ref().filter(|_| shows_list).map(|view| Wanted::One(view.conversation.id));
            shown = Some(Shown { view, at: at.unwrap_or_default(), ..Shown::default() });
        }
        let mut shown = shown.unwrap_or_default();
        if shows_list {
            let id = shown.view.as_ref().map(|view| view.conversation.id);
            let elsewhere = count.saturating_sub(u64::from(id.is_some()));
            shown.unread_elsewhere = match visitor {
                Some(visitor) if elsewhere > 0 => Some(chat.visitor_unread_elsewhere(visitor, id).await?),
                _ => Some(0),
            };
        }
        Ok(Scene::Conversation(Box::new(shown)))
    }

    /// The conversation `id`; `None` where it is not theirs: a link to somebody else's shows one's own.
    async fn own(
        &self,
        scope: Scope,
        visitor: &VisitorIdentity,
        id: ConversationId,
    ) -> Result<Option<Shown>, ChatError> {
        match self.view(scope, visitor, Some(id)).await {
            Ok(view) => Ok(Some(Shown { view, at: Wanted::One(id), ..Shown::default() })),
            Err(ChatError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A further conversation with the id that was drawn for it, which it may have begun with already.
    async fn another(
        &self,
        scope: Scope,
        visitor: &VisitorIdentity,
        id: Option<ConversationId>,
    ) -> Result<Shown, ChatError> {
        let chat = &self.state.chat;
        let mut fresh = chat.new_conversation_id();
        if let Some(id) = id {
            if let Some(shown) = self.own(scope, visitor, id).await? {
                return Ok(shown);
            }
            if !chat.is_conversation(id).await? {
                fresh = id;
            }
        }
        Ok(Shown { fresh: Some(fresh), at: Wanted::New(Some(fresh)), ..Shown::default() })
    }

    async fn view(
        &self,
        scope: Scope,
        visitor: &VisitorIdentity,
        wanted: Option<ConversationId>,
    ) -> Result<Option<ConversationView>, ChatError> {
        let (chat, limit) = (&self.state.chat, self.state.page_messages);
        chat.visitor_conversation(scope, visitor, wanted, self.before(), limit).await
    }

    /// The number before which a page of history ends.
    fn before(&self) -> Option<u64> {
        self.parameter("before").and_then(|before| before.parse().ok())
    }
}
