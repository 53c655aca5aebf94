//! What the UI may ask, answered by the use cases: one request of one browser.

mod login;

use std::sync::{Arc, Mutex, PoisonError};

use app::backend::{Backend, Credentials};
use app::i18n::Texts;
use app::start::{History, LoggedIn, Sent, Surface};
use app::{AppError, Say, Stationery, Visitor};
use async_trait::async_trait;
use domain::content::{Form, Location, TEXT_CHARACTERS, is_blank};
use domain::{
    ActionId, Activity, ActivityType, Author, ClientMessageId, Content, ConversationId, Metadata, QuotedMessage,
    Source, Timestamp, WebIntegration,
};
use http::HeaderMap;

use crate::auth::{Cookie, Identified, lifetime};
use crate::chat::{ConversationView, NewMessage, Posted, Scope, Speaker, Upload, VisitorIdentity, Whereto};
use crate::files;
use crate::guard::{ClientAddress, whole_seconds};
use crate::state::AppState;
use crate::web::{IMAGE, LIST_PAGE, Look, Wanted, Ways, Zone, app_error, arrival, device_info, listing};

/// A browser's request: its cookies, and the one it is to be given.
pub struct VisitorBackend {
    state: AppState,
    headers: HeaderMap,
    address: ClientAddress,
    set_cookie: Mutex<Option<String>>,
}

impl VisitorBackend {
    pub fn new(state: AppState, headers: HeaderMap, address: ClientAddress) -> Self {
        Self { state, headers, address, set_cookie: Mutex::new(None) }
    }

    /// The `Set-Cookie` that the answer must carry, if any.
    pub fn take_cookie(&self) -> Option<String> {
        self.set_cookie.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn identify(&self, visitor: &Visitor) -> Result<Identified, AppError> {
        let (token, now) = (visitor.token.as_deref(), self.state.chat.clock().now());
        let tokens = &self.state.tokens;
        let speaker = tokens.speaker(&self.headers, visitor.surface, visitor.integration, token, now);
        speaker.ok_or(AppError::SessionEnded)
    }

    /// Whoever acts on `page`, unless they are banned or act too often.
    async fn actor(&self, page: &WebIntegration, visitor: &Visitor) -> Result<Identified, AppError> {
        let actor = self.identify(visitor)?;
        self.require_welcome(page, Some(&actor.identity)).await?;
        let counted = self.state.limits.act(self.address, actor.identity.session, actor.cookie == Cookie::Missing);
        counted.map_err(|wait| AppError::TooMany(whole_seconds(wait)))?;
        Ok(actor)
    }

    async fn require_welcome(&self, page: &WebIntegration, who: Option<&VisitorIdentity>) -> Result<(), AppError> {
        self.state.chat.require_welcome(page.app, self.address, who).await.map_err(|error| app_error(&error))
    }

    async fn integration(&self, visitor: &Visitor) -> Result<Arc<WebIntegration>, AppError> {
        self.state.chat.require_web_integration(visitor.integration).await.map_err(|error| app_error(&error))
    }

    /// What messages are rendered on for the page of `visitor`.
    async fn stationery(&self, visitor: &Visitor) -> Result<Stationery, AppError> {
        let page = self.integration(visitor).await?;
        Ok(Stationery::new(Look::new(Some(&page), visitor.query.trim_start_matches('?'), &self.headers).texts))
    }

    /// Sends what the visitor says, and tells where it went.
    pub async fn post(&self, visitor: &Visitor, client_id: ClientMessageId, say: Say) -> Result<Posted, AppError> {
        let integration = self.integration(visitor).await?;
        let Identified { identity, login, cookie } = self.actor(&integration, visitor).await?;
        let speaker = self.speaker(&integration, visitor, identity);
        let (content, metadata, quoted_message) = self.spell_out(visitor, &identity, say).await?;
        let new = NewMessage::new(speaker, content, Source::web(integration.id));
        let new = NewMessage { metadata, quoted_message, sent_as: Some(client_id), ..new };
        let posted = self.state.chat.post_message(Scope::of_app(integration.app), new).await;
        let posted = posted.map_err(|error| app_error(&error))?;
        if cookie != Cookie::Good {
            self.keep(visitor.surface, &integration, &identity, login);
        }
        Ok(posted)
    }

    /// Sends a file with what the visitor wrote to it.
    pub async fn upload(
        &self,
        visitor: &Visitor,
        client_id: ClientMessageId,
        file: files::Source,
        text: String,
    ) -> Result<Posted, AppError> {
        let integration = self.integration(visitor).await?;
        let Identified { identity, login, cookie } = self.actor(&integration, visitor).await?;
        let is_image = file.part == IMAGE;
        let is_offered = if is_image { integration.web.offers_images() } else { integration.web.offers_files() };
        if !is_offered {
            return Err(AppError::FileType);
        }
        if file.bytes.size() == 0 {
            return Err(AppError::FileInvalid);
        }
        if text.chars().count() > TEXT_CHARACTERS {
            return Err(AppError::TooLong);
        }
        let upload = Upload { file, is_image, caption: Some(text).filter(|text| !is_blank(text)) };
        let (scope, speaker) = (Scope::of_app(integration.app), self.speaker(&integration, visitor, identity));
        let source = Source::web(integration.id);
        let posted = self.state.chat.post_upload(scope, speaker, source, client_id, upload).await;
        let posted = posted.map_err(|error| app_error(&error))?;
        if cookie != Cookie::Good {
            self.keep(visitor.surface, &integration, &identity, login);
        }
        Ok(posted)
    }

    fn speaker(&self, page: &WebIntegration, visitor: &Visitor, identity: VisitorIdentity) -> Speaker {
        let begins = page.web.can_user_create_more_conversations == Some(true);
        Speaker::Visitor {
            visitor: identity,
            device: device_info(&self.headers),
            whereto: match (visitor.conversation, visitor.fresh) {
                (Some(id), _) => Whereto::In(id),
                (None, Some(id)) if begins => Whereto::Anew(id),
                (None, _) => Whereto::Latest,
            },
            arrival: arrival(&visitor.query),
        }
    }

    /// `posted` as the page of `visitor` shows it.
    pub async fn sent(&self, visitor: &Visitor, posted: Posted) -> Result<Sent, AppError> {
        let (zone, stationery) = (Zone::of(&self.headers), self.stationery(visitor).await?);
        // A retry of what the business has deleted since is answered, and shows nothing.
        let author = posted.message.author.user_id;
        let entry = (!posted.message.deleted).then(|| zone.entry(posted.message, author, &stationery));
        Ok(Sent { conversation: posted.conversation, entry })
    }

    /// What `say` is as a message.
    async fn spell_out(
        &self,
        visitor: &Visitor,
        identity: &VisitorIdentity,
        say: Say,
    ) -> Result<(Content, Option<Metadata>, Option<QuotedMessage>), AppError> {
        let chat = &self.state.chat;
        match say {
            Say::Text(text) if is_blank(&text) => Err(AppError::Empty),
            Say::Text(text) if text.chars().count() > TEXT_CHARACTERS => Err(AppError::TooLong),
            Say::Text(text) => Ok((Content::text(text), None, None)),
            Say::Reply { action, .. } => {
                let reply = chat.visitor_reply(identity, visitor.conversation, action).await;
                let reply = reply.map_err(|error| app_error(&error))?;
                Ok((reply.content, reply.metadata, None))
            }
            Say::Location { lat, long } => Ok((Content::Location(Location::at(lat, long)), None, None)),
            Say::Answers { form, answers, .. } => {
                let texts = self.stationery(visitor).await?.texts;
                let answered = match form {
                    Some(form) => chat.visitor_answers(identity, visitor.conversation, form, &answers).await,
                    None => Ok(self.prechat(visitor, &texts).await?.answered(&answers)),
                };
                let answered = answered.map_err(|error| app_error(&error))?;
                let answered = answered.map_err(|wrong| AppError::Answers(app::answer_problems(&wrong, &texts)))?;
                Ok((Content::FormResponse(answered), None, form.map(QuotedMessage::message)))
            }
        }
    }

    /// What the page asks before the first message.
    async fn prechat(&self, visitor: &Visitor, texts: &Texts) -> Result<Form, AppError> {
        let page = self.integration(visitor).await?;
        let capture = page.web.prechat_capture.as_ref().filter(|capture| capture.enabled);
        let fields = app::prechat_fields(capture.ok_or(AppError::NotFound)?, texts);
        Ok(Form { submitted: false, block_chat_input: true, fields })
    }

    /// Tells the business of a press on the postback button `action`.
    async fn post_back(&self, visitor: &Visitor, action: ActionId) -> Result<(), AppError> {
        let integration = self.integration(visitor).await?;
        let identity = self.actor(&integration, visitor).await?.identity;
        let scope = Scope::of_app(integration.app);
        let pressed = self.state.chat.visitor_postback(scope, &identity, visitor.conversation, action).await;
        pressed.map_err(|error| app_error(&error))
    }

    /// Records what the visitor does in `conversation` besides speaking.
    async fn act(&self, visitor: &Visitor, conversation: ConversationId, kind: ActivityType) -> Result<(), AppError> {
        let integration = self.integration(visitor).await?;
        let identity = self.identify(visitor)?.identity;
        let session = self.state.chat.visitor_session(&identity).await.map_err(|error| app_error(&error))?;
        let session = session.ok_or(AppError::NotFound)?;
        self.require_welcome(&integration, Some(&identity)).await?;
        self.state.chat.see_visitor(&identity, &session).await.map_err(|error| app_error(&error))?;
        let activity = Activity { kind, author: Author::user(session.user, None) };
        let (scope, source) = (Scope::of_app(integration.app), Source::web(integration.id));
        let recorded = self.state.chat.record_activity(scope, conversation, activity, source).await;
        recorded.map_err(|error| app_error(&error))
    }

    /// Does what a press on `action` does, without a script that knows which kind of button it is.
    pub async fn press_any(&self, visitor: &Visitor, action: ActionId) -> Result<(), AppError> {
        let say = Say::Reply { action, text: String::new() };
        match self.post(visitor, app::reply_id(action), say).await {
            Err(AppError::NotFound) => self.post_back(visitor, action).await,
            posted => posted.map(drop),
        }
    }

    /// Has the answer give the browser a cookie for `identity`; `login` is the end of the login that it stands for, if any.
    /// Gives its token.
    fn keep(
        &self,
        surface: Surface,
        page: &WebIntegration,
        identity: &VisitorIdentity,
        login: Option<Timestamp>,
    ) -> String {
        let now = self.state.chat.clock().now();
        let token = self.state.tokens.sign(identity, login, now);
        self.set_cookie(self.state.site.cookies.keep(surface, page, &token, lifetime(login, now)));
        token
    }

    fn set_cookie(&self, cookie: String) {
        *self.set_cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
    }
}

#[async_trait]
impl Backend for VisitorBackend {
    async fn send(&self, visitor: Visitor, client_id: ClientMessageId, say: Say) -> Result<Sent, AppError> {
        let posted = self.post(&visitor, client_id, say).await?;
        self.sent(&visitor, posted).await
    }

    async fn press(&self, visitor: Visitor, action: ActionId) -> Result<(), AppError> {
        self.post_back(&visitor, action).await
    }

    async fn messages_before(
        &self,
        visitor: Visitor,
        conversation: ConversationId,
        before: u64,
    ) -> Result<History, AppError> {
        let scope = Scope::of_app(self.integration(&visitor).await?.app);
        let identity = self.identify(&visitor)?.identity;
        let (chat, limit) = (&self.state.chat, self.state.page_messages);
        let view = chat.visitor_conversation(scope, &identity, Some(conversation), Some(before), limit).await;
        let ConversationView { reader, messages, .. } =
            view.map_err(|error| app_error(&error))?.ok_or(AppError::NotFound)?;
        let (zone, stationery) = (Zone::of(&self.headers), self.stationery(&visitor).await?);
        Ok(History {
            older: messages.more_before,
            entries: messages.items.into_iter().map(|message| zone.entry(message, Some(reader), &stationery)).collect(),
        })
    }

    async fn list_conversations(&self, visitor: Visitor, address: String) -> Result<String, AppError> {
        let integration = self.integration(&visitor).await?;
        let identity = self.identify(&visitor)?.identity;
        let chat = &self.state.chat;
        let (_, query) = address.split_once('?').unwrap_or_default();
        let after = if let Wanted::List(after) = Wanted::of(query) { after } else { None };
        let list = chat.visitor_conversations(&identity, after, LIST_PAGE).await.map_err(|error| app_error(&error))?;
        let ways = Ways {
            base: &self.state.site.base,
            surface: visitor.surface,
            integration: visitor.integration,
            query: visitor.query.trim_start_matches('?'),
        };
        let (texts, zone) = (self.stationery(&visitor).await?.texts, Zone::of(&self.headers));
        let listing = listing(&integration, list, false, ways, &zone, &texts, chat.clock().now());
        let token = visitor.token.as_deref().filter(|_| !self.keeps_cookies(&visitor));
        Ok(app::list_html(&listing, token, &address, &texts))
    }

    async fn unread_elsewhere(&self, visitor: Visitor) -> Result<u32, AppError> {
        let identity = self.identify(&visitor)?.identity;
        let count = self.state.chat.visitor_unread_elsewhere(&identity, visitor.conversation).await;
        Ok(count.map_err(|error| app_error(&error))?.try_into().unwrap_or(u32::MAX))
    }

    async fn tell_typing(&self, visitor: Visitor, on: bool) -> Result<(), AppError> {
        let kind = if on { ActivityType::TypingStart } else { ActivityType::TypingStop };
        let conversation = visitor.conversation.ok_or(AppError::NotFound)?;
        self.act(&visitor, conversation, kind).await
    }

    async fn mark_read(&self, visitor: Visitor, conversation: ConversationId) -> Result<(), AppError> {
        self.act(&visitor, conversation, ActivityType::Read).await
    }

    async fn log_in(&self, visitor: Visitor, credentials: Credentials) -> Result<LoggedIn, AppError> {
        let token = self.enter(&visitor, credentials).await?;
        Ok(LoggedIn { visitor: Some(token).filter(|_| !self.keeps_cookies(&visitor)) })
    }

    async fn log_out(&self, visitor: Visitor) -> Result<(), AppError> {
        self.leave(&visitor).await
    }
}
