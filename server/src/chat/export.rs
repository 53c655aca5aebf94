//! All that is kept of a user, in pieces, so that a long history is never in memory whole.

use domain::{
    Attachment, Client, Conversation, ConversationId, Cursor, Message, PageRequest, Participant, Session, User, UserId,
};
use futures::Stream;
use futures::stream::{self, TryStreamExt as _};

use super::{Chat, ChatError, Noun, Scope};

/// Messages that are read from the database at a time.
const MESSAGES: u32 = 100;
/// A user has fewer clients than this, and a group fewer participants.
const FEW: u32 = 100;

/// A part of an export. They come in this order: one `Person`; for each conversation, oldest first, one `Conversation` and then
/// as many `Messages` as it takes, oldest first.
#[derive(Debug, Clone)]
pub enum ExportPiece {
    Person(Box<ExportedPerson>),
    Conversation(Box<Conversation>, Vec<Participant>),
    Messages(Vec<Message>),
}

/// Who a user is, and what hangs on the user.
#[derive(Debug, Clone)]
pub struct ExportedPerson {
    pub user: User,
    pub clients: Vec<Client>,
    /// With what each browser tells of itself.
    pub sessions: Vec<Session>,
    /// Files that the user sent or that were uploaded for the user, each with its address.
    pub attachments: Vec<(Attachment, String)>,
}

/// Where an export stands.
enum At {
    /// Before the conversation after this one.
    Next(Option<ConversationId>),
    /// In a conversation, after this number.
    Within(ConversationId, u64),
}

impl Chat {
    /// All that is kept of the user with this id or external id, but what webhooks keep.
    ///
    /// What is said meanwhile may come along.
    /// # Errors
    /// `NotFound(User)`; those of a piece stand in its place.
    pub async fn export_user(
        &self,
        scope: Scope,
        called: &str,
    ) -> Result<impl Stream<Item = Result<ExportPiece, ChatError>> + Send + 'static, ChatError> {
        let person = self.exported_person(scope, called).await?;
        let (user, chat) = (person.user.id, self.clone());
        let rest = stream::try_unfold(At::Next(None), move |at| {
            let chat = chat.clone();
            async move { chat.next_piece(scope, user, at).await }
        });
        let first = stream::once(async { Ok(Some(ExportPiece::Person(Box::new(person)))) });
        Ok(stream::StreamExt::chain(first, rest).try_filter_map(|piece| async { Ok(piece) }))
    }

    async fn exported_person(&self, scope: Scope, called: &str) -> Result<ExportedPerson, ChatError> {
        let user = self.require_user(scope, called).await?;
        let mut reader = self.storage.read().await?;
        let few = PageRequest { cursor: Cursor::Start, size: FEW };
        let clients = reader.clients_of(user.id, few).await?.map(|page| page.items).unwrap_or_default();
        let sessions = reader.sessions_of(user.id).await?;
        let attachments = reader.attachments_of_user(scope.app, user.id).await?;
        let addressed = |file: Attachment| {
            let url = self.files.addresses().file(&file.key, &file.name);
            (file, url)
        };
        Ok(ExportedPerson { user, clients, sessions, attachments: attachments.into_iter().map(addressed).collect() })
    }

    /// What comes next, if anything does, and where that leads. The connection is given back before it is sent.
    async fn next_piece(
        &self,
        scope: Scope,
        user: UserId,
        at: At,
    ) -> Result<Option<(Option<ExportPiece>, At)>, ChatError> {
        let mut reader = self.storage.read().await?;
        match at {
            At::Next(before) => {
                let Some(id) = reader.conversation_of_after(user, before).await? else { return Ok(None) };
                let Some(conversation) = reader.conversation(scope.app, id).await? else {
                    return Ok(Some((None, At::Next(Some(id)))));
                };
                let few = PageRequest { cursor: Cursor::Start, size: FEW };
                let participants = reader.participants(id, few).await?.map(|page| page.items).unwrap_or_default();
                let piece = ExportPiece::Conversation(Box::new(conversation), participants);
                Ok(Some((Some(piece), At::Within(id, 0))))
            }
            At::Within(id, after) => {
                let page = reader.messages_after(id, after, MESSAGES).await?;
                let last = page.items.last().map_or(after, |message| message.seq);
                let next = if page.more_after { At::Within(id, last) } else { At::Next(Some(id)) };
                Ok(Some((Some(ExportPiece::Messages(page.items)), next)))
            }
        }
    }

    /// [`Chat::export_user`] for a user of any app.
    /// # Errors
    /// `NotFound(User)`.
    pub async fn scope_of_user(&self, id: UserId) -> Result<Scope, ChatError> {
        let app = self.storage.read().await?.app_of_user(id).await?;
        app.map(Scope::of_app).ok_or(ChatError::NotFound(Noun::User))
    }
}
