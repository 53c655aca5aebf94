//! Visitors of chat pages: who they are, and how they come into being.

use domain::{
    AppId, Author, ClientId, ClientMessageId, ConversationId, IntegrationId, Metadata, ParticipantId, Profile,
    SessionId, Timestamp, User, UserId,
};

use super::{Chat, ChatError, new_id};
use crate::storage::{NewParticipant, NewSession, Road, Tx, VisitorSession};

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
    /// `SessionEnded` when it was revoked.
    pub async fn visitor_session(&self, visitor: &VisitorIdentity) -> Result<Option<VisitorSession>, ChatError> {
        let session = self.storage.read().await?.visitor_session(visitor.integration, visitor.session).await?;
        match session {
            Some(session) if session.is_revoked => Err(ChatError::SessionEnded),
            session => Ok(session),
        }
    }
}

/// Where `visitor` speaks, and as whom. Makes user, client, session and conversation where missing.
pub(super) async fn settle(
    tx: &mut Tx,
    app: AppId,
    visitor: &VisitorIdentity,
    sent_as: Option<&ClientMessageId>,
    now: Timestamp,
) -> Result<(Road, Author), ChatError> {
    let known = tx.visitor_road(visitor.integration, visitor.session, sent_as).await?;
    let (user, profile, road) = match known {
        Some(known) if known.is_revoked => return Err(ChatError::SessionEnded),
        Some(known) => (known.user, known.profile, known.road),
        None => {
            arrive(tx, app, visitor, now).await?;
            (visitor.user, Profile::default(), None)
        }
    };
    let road = match road {
        Some(road) => road,
        None => begin_conversation(tx, app, user, now).await?,
    };
    Ok((road, Author::user(user, Some(profile.display_name(user)))))
}

/// Stores the user, the client and the session of a visitor who speaks for the first time.
async fn arrive(tx: &mut Tx, app: AppId, visitor: &VisitorIdentity, now: Timestamp) -> Result<(), ChatError> {
    let user = User {
        id: visitor.user,
        external_id: None,
        signed_up_at: now,
        profile: Profile::default(),
        metadata: Metadata::default(),
        identities: Vec::new(),
    };
    tx.insert_user(app, &user, now).await?;
    let client = tx.sdk_client_or(user.id, visitor.integration, new_id(ClientId::new, now), now).await?;
    let session = NewSession { id: visitor.session, integration: visitor.integration, user: user.id, client };
    Ok(tx.insert_session(&session, now).await?)
}

async fn begin_conversation(tx: &mut Tx, app: AppId, user: UserId, now: Timestamp) -> Result<Road, ChatError> {
    let conversation = new_id(ConversationId::new, now);
    let participant = NewParticipant { id: new_id(ParticipantId::new, now), conversation, user };
    tx.insert_default_conversation(app, &participant, now).await?;
    Ok(Road {
        conversation,
        seq: 0,
        message_count: 0,
        last_updated_at: now,
        business_read_seq: 0,
        listeners: vec![user],
        is_sent: false,
    })
}
