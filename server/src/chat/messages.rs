//! The one road for a message.

use domain::webhook::{CreationReason, Destination};
use domain::{
    AppSettings, Arrival, AttachmentKey, Author, ClientMessageId, Content, ConversationId, DeviceInfo, Draft, Event,
    Message, MessageId, Metadata, Page, PageRequest, QuotedMessage, Source, Timestamp, Trigger, TruncatedUser, UserId,
    WebhookEvent,
};

use super::answers::{close_form, fill_profile};
use super::reports::{WEB, report_failures, report_handed_over, report_reached};
use super::visitors::{Guest, Opening, Whereto, begin_conversation, settle};
use super::{Chat, ChatError, Noun, Scope, VisitorIdentity, event_stamp, new_id};
use crate::storage::{Road, Tx};
use crate::telemetry::causes;

/// Messages that one conversation may hold.
pub(in crate::chat) const CONVERSATION_MESSAGES: u64 = 30_000;

/// A message on its way in, from whatever entry.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub speaker: Speaker,
    pub content: Content,
    pub source: Source,
    pub metadata: Option<Metadata>,
    /// What it answers to.
    pub quoted_message: Option<QuotedMessage>,
    /// The sender's own id for it: a second message with the same id and body is the first one again.
    pub sent_as: Option<ClientMessageId>,
    /// The uploaded file that it shows, to be deleted with the conversation and the user.
    pub attachment: Option<AttachmentKey>,
    pub reach: Reach,
}

/// How the users who take part learn of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reach {
    /// Wherever they are.
    #[default]
    Everywhere,
    /// When they look.
    Nowhere,
    /// By this channel. Where that is not the web chat, it fails: there is no other.
    Channel(Destination),
}

impl Reach {
    /// Whether chat pages are told.
    fn is_web(&self) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::Channel(destination) => destination.kind == WEB,
        }
    }
}

impl NewMessage {
    /// A message with the bare necessities.
    pub fn new(speaker: Speaker, content: Content, source: Source) -> Self {
        Self {
            speaker,
            content,
            source,
            metadata: None,
            quoted_message: None,
            sent_as: None,
            attachment: None,
            reach: Reach::default(),
        }
    }
}

/// Who speaks, and where.
#[derive(Debug, Clone)]
pub enum Speaker {
    /// The business, or a user that the business speaks for: who must take part in the conversation.
    InConversation { conversation: ConversationId, author: Author },
    /// The business or the user, in the user's default conversation, which comes into being with the first message.
    InDefaultConversation { user: UserId, author: Author },
    /// A visitor of a chat page. User, client, session and conversation come into being with the first message.
    Visitor { visitor: VisitorIdentity, device: DeviceInfo, whereto: Whereto, arrival: Arrival },
}

/// A message that is on disk.
#[derive(Debug, Clone)]
pub struct Posted {
    pub conversation: ConversationId,
    pub message: Message,
    /// `None` when the message was there already: everybody has been told.
    news: Option<News>,
}

/// Whom to tell of a message.
#[derive(Debug, Clone)]
struct News {
    listeners: Vec<UserId>,
    /// Whether some webhook wants to know whom the message reached.
    is_awaited: bool,
}

impl Posted {
    /// A message that everybody has been told of before.
    pub(super) fn before(conversation: ConversationId, message: Message) -> Self {
        Self { conversation, message, news: None }
    }

    /// Whether it was not there already.
    pub fn is_new(&self) -> bool {
        self.news.is_some()
    }
}

impl Chat {
    /// The road every message takes, whatever its origin: validate, append, publish. It is on disk when this returns.
    /// # Errors
    /// `Invalid` with the field; `NotFound(Conversation)`, also for a user who takes no part in it; `Conflict` when the
    /// client id was used for another message; `Full`; `SessionEnded`.
    pub async fn post_message(&self, scope: Scope, new: NewMessage) -> Result<Posted, ChatError> {
        self.rate.count(&scope.app).map_err(|wait| ChatError::TooMany { wait })?;
        let NewMessage { speaker, content, source, metadata, quoted_message, sent_as, attachment, reach } = new;
        let author = match &speaker {
            Speaker::InConversation { author, .. } | Speaker::InDefaultConversation { author, .. } => author.clone(),
            // Known once the visitor is settled; a name of ours needs no check.
            Speaker::Visitor { visitor, .. } => Author::user(visitor.user, None),
        };
        if matches!(speaker, Speaker::Visitor { .. }) && sent_as.as_ref().is_some_and(ClientMessageId::is_of_business) {
            return Err(domain::Invalid::new("client_id", "is the business's").into());
        }
        let settings = self.app_settings(scope.app).await?;
        let content = if settings.mask_credit_card_numbers { content.masked() } else { content };
        let draft = Draft { author, content, source, metadata, quoted_message, sent_as }.checked()?;
        let draft = Draft { content: self.with_stored_media(draft.content).await?, ..draft };
        let (chat, now) = (self.clone(), self.clock.now());
        self.storage
            .write_then(
                move |tx| {
                    Box::pin(async move {
                        let posted = speak(tx, scope, &settings, speaker, draft, &reach, now).await?;
                        if let Some(key) = attachment.filter(|_| posted.is_new()) {
                            tx.tie_attachment(&key, posted.conversation, posted.message.author.user_id).await?;
                        }
                        Ok(posted)
                    })
                },
                move |posted: &Posted| chat.tell(scope, posted),
            )
            .await
    }

    /// Tells everybody who listens of a message that is on disk.
    pub(super) fn tell(self, scope: Scope, posted: &Posted) {
        let Some(news) = &posted.news else { return };
        let event = Event::message(posted.conversation, posted.message.clone());
        if !news.is_awaited {
            self.fanout.publish(scope.app, &news.listeners, &event);
            return;
        }
        let (fanout, conversation, seq) = (self.fanout.clone(), posted.conversation, posted.message.seq);
        fanout.publish_and_hear(scope.app, &news.listeners, &event, move |reached| {
            let chat = self.clone();
            tokio::spawn(async move {
                if let Err(error) = chat.report_shown(scope, conversation, reached, seq).await {
                    tracing::warn!(error = causes(&error), "webhooks were not told that a message reached its user");
                }
            });
        });
    }

    /// A page of messages, oldest first; without a cursor the newest page.
    /// # Errors
    /// `NotFound(Conversation)`, `NotFound(Cursor)`.
    pub async fn messages(
        &self,
        scope: Scope,
        conversation: ConversationId,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message>, ChatError> {
        let mut reader = self.storage.read().await?;
        reader.conversation(scope.app, conversation).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
        reader.messages(conversation, page).await?.ok_or(ChatError::NotFound(Noun::Cursor))
    }
}

/// Puts `draft`, which was checked, at the end of the log where `speaker` speaks.
pub(super) async fn speak(
    tx: &mut Tx,
    scope: Scope,
    settings: &AppSettings,
    speaker: Speaker,
    draft: Draft,
    reach: &Reach,
    now: Timestamp,
) -> Result<Posted, ChatError> {
    let (road, author, user) = place(tx, scope, settings, speaker, &draft, now).await?;
    append(tx, scope, road, Draft { author, ..draft }, user.as_ref(), reach, now).await
}

/// Finds out where `speaker` says what `draft` has, and under which name.
async fn place(
    tx: &mut Tx,
    scope: Scope,
    settings: &AppSettings,
    speaker: Speaker,
    draft: &Draft,
    now: Timestamp,
) -> Result<(Road, Author, Option<TruncatedUser>), ChatError> {
    let sent_as = draft.sent_as.as_ref();
    match speaker {
        Speaker::Visitor { visitor, device, whereto, arrival } => {
            let guest = Guest { visitor, device, whereto, arrival, opens_by: opening_of(draft) };
            let (road, profile, user) = settle(tx, scope.app, guest, settings, sent_as, now).await?;
            Ok((road, Author::user(user.id, Some(profile.display_name(user.id, settings))), Some(user)))
        }
        Speaker::InDefaultConversation { user, author } => {
            let person = tx.user(scope.app, user).await?.ok_or(ChatError::NotFound(Noun::User))?;
            let known = match tx.default_conversation_of(user).await? {
                Some(conversation) => tx.road_to(scope.app, conversation, sent_as).await?,
                None => None,
            };
            let (short, is_by_business) = (TruncatedUser::from(&person), author.is_business());
            let road = if let Some(road) = known {
                road
            } else {
                let reason = if is_by_business { CreationReason::None } else { CreationReason::Message };
                begin_conversation(tx, scope.app, &short, Source::api(), Opening::because(reason), now).await?
            };
            if is_by_business {
                return Ok((road, author, None));
            }
            let display_name = author.display_name.or_else(|| Some(person.profile.display_name(user, settings)));
            Ok((road, Author { display_name, ..author }, Some(short)))
        }
        Speaker::InConversation { conversation, author } => {
            let no_such = || ChatError::NotFound(Noun::Conversation);
            let road = tx.road_to(scope.app, conversation, sent_as).await?.ok_or_else(no_such)?;
            let Some(id) = author.user_id else { return Ok((road, author, None)) };
            if !road.listeners.contains(&id) {
                return Err(no_such());
            }
            let user = tx.user(scope.app, id).await?.ok_or(ChatError::NotFound(Noun::User))?;
            let display_name = author.display_name.or_else(|| Some(user.profile.display_name(id, settings)));
            Ok((road, Author { display_name, ..author }, Some(TruncatedUser::from(&user))))
        }
    }
}

/// Why a conversation begins with what a visitor says. Answers that answer no message are those of the form before the first one.
fn opening_of(draft: &Draft) -> CreationReason {
    match (&draft.content, &draft.quoted_message) {
        (Content::FormResponse(_), None) => CreationReason::PrechatCapture,
        _ => CreationReason::Message,
    }
}

async fn append(
    tx: &mut Tx,
    scope: Scope,
    mut road: Road,
    draft: Draft,
    user: Option<&TruncatedUser>,
    reach: &Reach,
    now: Timestamp,
) -> Result<Posted, ChatError> {
    let conversation = road.conversation.id;
    if let Some(sent_as) = draft.sent_as.as_ref().filter(|_| road.is_sent) {
        let message = tx.message_sent_as(conversation, sent_as).await?.ok_or(ChatError::Conflict)?;
        return if draft.is_same_as(&message) {
            Ok(Posted::before(conversation, message))
        } else {
            Err(ChatError::Conflict)
        };
    }
    if road.message_count >= CONVERSATION_MESSAGES {
        return Err(ChatError::Full);
    }
    // Later than the one before, whatever the clock says: the older API names messages by their time.
    let earliest = road.last_updated_at.millis() + i64::from(road.message_count > 0);
    let id = new_id(MessageId::new, now);
    let message = draft.into_message(id, road.seq + 1, now.max(Timestamp::from_millis(earliest)));
    let is_awaited = road.subscribers.hear(Trigger::DeliveryUser);
    if let Some(user) = user.filter(|_| is_awaited) {
        // Who answers has read what came before.
        report_reached(tx, scope, conversation, user.id, road.seq, now).await?;
    }
    let event = || WebhookEvent::message(event_stamp(scope.app, now), &road.conversation, &message, user);
    tx.append_message(scope.app, conversation, &message, &road.subscribers, event).await?;
    close_form(tx, conversation, &message).await?;
    if let (Content::FormResponse(answers), None, Some(user)) = (&message.content, &message.quoted_message, user) {
        fill_profile(tx, scope, user.id, answers).await?;
    }
    let is_by_business = message.author.is_business();
    if let Reach::Channel(destination) = reach
        && is_by_business
    {
        report_failures(tx, scope, &road, message.id, destination, now).await?;
    }
    if !reach.is_web() {
        road.listeners.clear();
    }
    if is_by_business && road.subscribers.hear(Trigger::DeliveryChannel) {
        report_handed_over(tx, scope, &road, message.id, now).await?;
    }
    let news = News { listeners: road.listeners, is_awaited: is_awaited && is_by_business };
    Ok(Posted { conversation, message, news: Some(news) })
}
