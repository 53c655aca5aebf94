//! Visitors of chat pages: who they are, and how they come into being.

use domain::webhook::CreationReason;
use domain::{
    AppId, AppSettings, Arrival, ClientId, ClientMessageId, ConversationId, ConversationType, DeviceInfo,
    IntegrationId, Metadata, NewConversation, ParticipantId, Profile, SessionId, Source, Timestamp, TruncatedUser,
    User, UserId, WebhookEvent,
};
use serde_json::Value;

use super::arrivals::Luggage;
use super::locale::{detect_locale, language_of, tell_locale};
use super::{Chat, ChatError, Noun, event_stamp, new_id};
use crate::storage::{Departed, NewParticipant, NewSession, Reader, Road, Tx, VisitorSession};

/// How old a note of when somebody was seen may be (in milliseconds): most messages cost no write for it.
const SEEN: i64 = 60_000;

/// A browser on a chat page, as a signed token names it.
///
/// The ids are drawn when the page is first written, and stored with the first message: a page view costs no row, and two
/// posts of one first page are one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitorIdentity {
    pub integration: IntegrationId,
    pub session: SessionId,
    /// The user this visitor is before the session is stored; afterwards the session says.
    pub user: UserId,
}

impl Chat {
    /// A visitor nobody has seen before.
    pub fn new_visitor(&self, integration: IntegrationId) -> VisitorIdentity {
        let now = self.clock.now();
        VisitorIdentity { integration, session: new_id(SessionId::new, now), user: new_id(UserId::new, now) }
    }

    /// The stored session of `visitor`; `None` before the first message.
    /// # Errors
    /// `SessionEnded` when it was revoked, when its login is over, or when its user was deleted.
    pub async fn visitor_session(&self, visitor: &VisitorIdentity) -> Result<Option<VisitorSession>, ChatError> {
        let mut reader = self.storage.read().await?;
        let session = reader.visitor_session(visitor.integration, visitor.session).await?;
        require_open(&mut reader, visitor, session.as_ref(), self.clock.now()).await?;
        Ok(session)
    }

    /// Notes that the browser of `session` is there, if that is news.
    pub async fn see_visitor(&self, visitor: &VisitorIdentity, session: &VisitorSession) -> Result<(), ChatError> {
        let (id, now) = (visitor.session, self.clock.now());
        if !is_stale(session.last_seen, now) {
            return Ok(());
        }
        self.storage.write(move |tx| Box::pin(async move { Ok(tx.touch_session(id, now).await?) })).await
    }
}

/// # Errors
/// `SessionEnded` when `session`, that of `visitor`, was revoked, is a login that is over at `now`, or is gone because its user
/// was deleted.
pub(super) async fn require_open(
    reader: &mut Reader,
    visitor: &VisitorIdentity,
    session: Option<&VisitorSession>,
    now: Timestamp,
) -> Result<(), ChatError> {
    let has_ended = match session {
        Some(session) => session.has_ended(now),
        None => reader.departed(visitor.user).await? == Some(Departed::Deleted),
    };
    if has_ended { Err(ChatError::SessionEnded) } else { Ok(()) }
}

fn is_stale(last_seen: Option<Timestamp>, now: Timestamp) -> bool {
    last_seen.is_none_or(|seen| now.millis() - seen.millis() >= SEEN)
}

/// Where a visitor wants to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whereto {
    /// Where something happened last.
    #[default]
    Latest,
    /// In this conversation if it is theirs, else as above.
    In(ConversationId),
    /// In a further conversation with this id, which the page drew, if the app has several to a user; else as above. Once it is
    /// there, it is like any other.
    Anew(ConversationId),
}

impl Whereto {
    pub(super) fn named(self) -> Option<ConversationId> {
        match self {
            Self::Latest => None,
            Self::In(id) | Self::Anew(id) => Some(id),
        }
    }
}

/// A visitor about to speak.
pub(super) struct Guest {
    pub visitor: VisitorIdentity,
    pub device: DeviceInfo,
    pub whereto: Whereto,
    pub arrival: Arrival,
    /// Why the conversation is there, where this makes it.
    pub opens_by: CreationReason,
}

/// Where `guest` speaks, and as whom. Makes user, client, session and conversation where missing, and takes in what the arrival
/// brings.
/// # Errors
/// `SessionEnded`; `NotFound(Conversation)` for a new one with the id of somebody else's.
pub(super) async fn settle(
    tx: &mut Tx,
    app: AppId,
    guest: Guest,
    settings: &AppSettings,
    sent_as: Option<&ClientMessageId>,
    now: Timestamp,
) -> Result<(Road, Profile, TruncatedUser), ChatError> {
    let Guest { visitor, device, whereto, arrival, opens_by: reason } = guest;
    let luggage = Luggage::of(&arrival, &visitor, tx, now).await?;
    let known = tx.visitor_road(visitor.integration, visitor.session, whereto.named(), sent_as).await?;
    let (user, profile, road) = match known {
        Some(known) if known.session.has_ended(now) => return Err(ChatError::SessionEnded),
        Some(known) => {
            if is_stale(known.session.last_seen, now) {
                tx.touch_session(visitor.session, now).await?;
            }
            (known.user, known.profile, known.road)
        }
        None => {
            let user = arrive(tx, app, &visitor, device, luggage.external_id(), now).await?;
            (TruncatedUser::from(&user), user.profile, None)
        }
    };
    let wanted = match whereto {
        Whereto::Anew(id) if settings.multi_convo_enabled => Some(id),
        Whereto::Anew(_) | Whereto::In(_) | Whereto::Latest => None,
    };
    let opening = || Opening { reason, metadata: luggage.metadata(), referral: luggage.referral() };
    let source = Source::web(visitor.integration);
    let mut road = match (road, wanted) {
        (road, Some(id)) if road.as_ref().is_none_or(|road| road.conversation.id != id) => {
            begin_another(tx, app, id, &user, source, opening(), now).await?
        }
        (Some(road), _) => road,
        (None, _) => begin_conversation(tx, app, &user, source, opening(), now).await?,
    };
    luggage.unpack(&visitor, &user, &mut road, tx, app, now).await?;
    Ok((road, profile, user))
}

/// Stores the user, the client and the session of a visitor who speaks for the first time.
///
/// A link that carries an `external_id` says who it is: that user, made where there is none. Else it is an anonymous user, and one
/// who was merged into another comes back as that one. Webhooks hear of the conversation, of the message and of the language
/// that was detected, not of the client: of the reasons for `client:add` (a channel that was linked, a login, a code), none fits
/// an anonymous arrival.
/// # Errors
/// `SessionEnded` for a user who was deleted: a browser that holds an old token must not bring the person back. `Banned`.
async fn arrive(
    tx: &mut Tx,
    app: AppId,
    visitor: &VisitorIdentity,
    device: DeviceInfo,
    external_id: Option<&str>,
    now: Timestamp,
) -> Result<User, ChatError> {
    let named = match external_id {
        Some(external_id) => tx.user_by_external_id(app, external_id).await?,
        None => None,
    };
    let user = match (tx.departed(visitor.user).await?, named) {
        (Some(Departed::Deleted), _) => return Err(ChatError::SessionEnded),
        (_, Some(user)) if tx.is_banned(user.id, now).await? => return Err(ChatError::Banned),
        (_, Some(user)) => detect_locale(tx, app, user, &device, visitor.integration, now).await?,
        (Some(Departed::MergedInto(survivor)), None) => {
            let user = tx.user(app, survivor).await?.ok_or(ChatError::SessionEnded)?;
            detect_locale(tx, app, user, &device, visitor.integration, now).await?
        }
        (None, None) => {
            let user = User {
                id: visitor.user,
                external_id: external_id.map(ToOwned::to_owned),
                signed_up_at: now,
                profile: Profile { locale: language_of(&device), ..Profile::default() },
                metadata: Metadata::default(),
                identities: Vec::new(),
            };
            tx.insert_user(app, &user, now).await?;
            if user.profile.locale.is_some() {
                tell_locale(tx, app, &user, visitor.integration, now).await?;
            }
            user
        }
    };
    let client = tx.sdk_client_or(user.id, Some(visitor.integration), new_id(ClientId::new, now), now).await?;
    let session = NewSession {
        id: visitor.session,
        integration: visitor.integration,
        user: user.id,
        client,
        info: device.cut(),
        expires_at: None,
    };
    tx.insert_session(&session, now).await?;
    Ok(user)
}

/// How a conversation begins.
pub(super) struct Opening<'a> {
    pub reason: CreationReason,
    pub metadata: Option<Metadata>,
    /// What brought the user, as webhooks see it.
    pub referral: Option<&'a Value>,
}

impl Opening<'_> {
    /// With nothing but a reason.
    pub fn because(reason: CreationReason) -> Self {
        Self { reason, metadata: None, referral: None }
    }
}

/// The road to the default conversation of `user`, who sees none: it is made, or shown from now on.
pub(super) async fn begin_conversation(
    tx: &mut Tx,
    app: AppId,
    user: &TruncatedUser,
    source: Source,
    opening: Opening<'_>,
    now: Timestamp,
) -> Result<Road, ChatError> {
    if let Some(conversation) = tx.default_conversation_of(user.id).await? {
        tx.subscribe(conversation, user.id).await?;
        return tx.road_to(app, conversation, None).await?.ok_or(ChatError::NotFound(Noun::Conversation));
    }
    let id = new_id(ConversationId::new, now);
    make_conversation(tx, app, id, user, source, opening, now).await
}

/// The road to a further conversation of `user`, which gets this id.
/// # Errors
/// `NotFound(Conversation)` when `id` is taken.
async fn begin_another(
    tx: &mut Tx,
    app: AppId,
    id: ConversationId,
    user: &TruncatedUser,
    source: Source,
    opening: Opening<'_>,
    now: Timestamp,
) -> Result<Road, ChatError> {
    if tx.is_conversation(id).await? {
        return Err(ChatError::NotFound(Noun::Conversation));
    }
    make_conversation(tx, app, id, user, source, opening, now).await
}

/// Makes a personal conversation of `user`. The first one is their default.
async fn make_conversation(
    tx: &mut Tx,
    app: AppId,
    id: ConversationId,
    user: &TruncatedUser,
    source: Source,
    opening: Opening<'_>,
    now: Timestamp,
) -> Result<Road, ChatError> {
    let new = NewConversation {
        kind: ConversationType::Personal,
        participants: None,
        display_name: None,
        description: None,
        icon_url: None,
        metadata: opening.metadata,
    };
    let default_of = tx.default_conversation_of(user.id).await?.is_none().then_some(user.id);
    let participant = new_id(ParticipantId::new, now);
    tx.insert_conversation(app, id, &new, default_of, now).await?;
    tx.insert_participant(&NewParticipant { id: participant, conversation: id, user: user.id, is_subscribed: true })
        .await?;
    let conversation = tx.truncated_conversation(app, id).await?.ok_or(ChatError::NotFound(Noun::Conversation))?;
    let stamp = event_stamp(app, now);
    let made =
        WebhookEvent::conversation_create(stamp, &conversation, opening.reason, &source, Some(user), opening.referral);
    tx.queue_webhooks(&made).await?;
    Ok(Road {
        conversation,
        seq: 0,
        message_count: 0,
        last_updated_at: now,
        business_read_seq: 0,
        listeners: vec![user.id],
        is_sent: false,
        subscribers: tx.message_subscribers(id).await?,
    })
}
