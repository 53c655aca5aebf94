//! What a message needs to know before it may be appended: one question to the database, whoever sends.

use domain::{
    AppId, ClientMessageId, ConversationId, IntegrationId, Profile, SessionId, Timestamp, TruncatedConversation,
    TruncatedUser, UserId,
};

use super::conversations::kind;
use super::outbox::message_subscribers;
use super::row::Column;
use super::{Reader, StorageError, Subscribers, VisitorSession, sql};

/// What webhooks say of conversation `c` besides its id and type.
macro_rules! truncated {
    () => {
        concat!(
            "c.metadata, c.default_of, ",
            seat!("c.active_switchboard_integration_id"),
            " AS active, ",
            seat!("c.pending_switchboard_integration_id"),
            " AS pending"
        )
    };
}
/// The seat with this id, as JSON.
macro_rules! seat {
    ($id:literal) => {
        concat!(
            "(SELECT json_object('id', s.id, 'name', s.name, 'integrationId', s.integration_id, 'integrationType', i.type)
                FROM switchboard_integrations s JOIN integrations i ON i.id = s.integration_id WHERE s.id = ",
            $id,
            ")"
        )
    };
}
pub(super) use seat;

/// The end of a conversation's log, and who hears of what is put there.
#[derive(Debug, Clone)]
pub struct Road {
    pub conversation: TruncatedConversation,
    /// Number of the newest entry in the log, 0 before the first.
    pub seq: u64,
    pub message_count: u64,
    pub last_updated_at: Timestamp,
    /// How far the business has read.
    pub business_read_seq: u64,
    /// The users who take part.
    pub listeners: Vec<UserId>,
    /// Whether a message with this client id is there already.
    pub is_sent: bool,
    /// Who hears of a message and of its delivery.
    pub subscribers: Subscribers,
}

/// A browser that has spoken before, and where it speaks.
#[derive(Debug, Clone)]
pub struct VisitorRoad {
    pub user: TruncatedUser,
    pub profile: Profile,
    pub session: VisitorSession,
    /// To the conversation where something happened last; `None` when there is none (any more).
    pub road: Option<Road>,
}

#[derive(sqlx::FromRow)]
struct RoadRow {
    #[sqlx(flatten)]
    conversation: TruncatedRow,
    seq: i64,
    message_count: i64,
    last_updated_at: i64,
    business_read_seq: i64,
    listeners: Option<String>,
    is_sent: bool,
    subscribers: Option<String>,
}

#[derive(sqlx::FromRow)]
struct VisitorRoadRow {
    #[sqlx(flatten)]
    speaker: SpeakerRow,
    #[sqlx(flatten)]
    road: RoadRow,
}

#[derive(sqlx::FromRow)]
struct SpeakerRow {
    user_id: String,
    external_id: Option<String>,
    profile: String,
    revoked_at: Option<i64>,
    expires_at: Option<i64>,
    last_seen: Option<i64>,
    has_conversation: bool,
}

impl TryFrom<RoadRow> for Road {
    type Error = StorageError;
    fn try_from(row: RoadRow) -> Result<Self, StorageError> {
        let listeners = row.listeners.unwrap_or_default();
        let listeners = listeners.split(',').filter(|id| !id.is_empty());
        Ok(Self {
            conversation: row.conversation.try_into()?,
            seq: Column("conversations", "seq").count(row.seq)?,
            message_count: Column("conversations", "message_count").count(row.message_count)?,
            last_updated_at: Timestamp::from_millis(row.last_updated_at),
            business_read_seq: Column("conversations", "business_read_seq").count(row.business_read_seq)?,
            listeners: listeners.map(|id| Column("participants", "user_id").parse(id)).collect::<Result<_, _>>()?,
            is_sent: row.is_sent,
            subscribers: Subscribers::parse(row.subscribers.as_deref())?,
        })
    }
}

impl Reader {
    /// The road to conversation `id`; `None` when the app has no such conversation.
    pub async fn road_to(
        &mut self,
        app: AppId,
        id: ConversationId,
        sent_as: Option<&ClientMessageId>,
    ) -> Result<Option<Road>, StorageError> {
        const SQL: &str = concat!(
            "SELECT c.id, c.type, ",
            truncated!(),
            ", c.seq, c.message_count, c.last_updated_at, c.business_read_seq,
                (SELECT string_agg(p.user_id, ',') FROM participants p WHERE p.conversation_id = c.id) AS listeners,
                EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.sent_as = $3)
                OR EXISTS (SELECT 1 FROM deleted_messages d WHERE d.conversation_id = c.id AND d.sent_as = $3) AS is_sent, ",
            message_subscribers!(),
            " AS subscribers
            FROM conversations c WHERE c.id = $1 AND c.app_id = $2"
        );
        let row: Option<RoadRow> = sql::query_as(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(sent_as.map(ClientMessageId::as_str))
            .fetch_optional(self.conn())
            .await?;
        row.map(Road::try_from).transpose()
    }

    /// The road of the visitor with this session to the conversation `wanted`, if it is one of theirs, else to the one where
    /// something happened last; `None` before the first message.
    pub async fn visitor_road(
        &mut self,
        integration: IntegrationId,
        session: SessionId,
        wanted: Option<ConversationId>,
        sent_as: Option<&ClientMessageId>,
    ) -> Result<Option<VisitorRoad>, StorageError> {
        // The conversation is chosen first, so that of the user's others nothing else is asked.
        const SQL: &str = concat!(
            "SELECT s.user_id, u.external_id, u.profile, s.revoked_at, s.expires_at, s.last_seen,
                c.id IS NOT NULL AS has_conversation, coalesce(c.id, '') AS id, coalesce(c.type, '') AS type, ",
            truncated!(),
            ", coalesce(c.seq, 0) AS seq,
                coalesce(c.message_count, 0) AS message_count, coalesce(c.last_updated_at, 0) AS last_updated_at,
                coalesce(c.business_read_seq, 0) AS business_read_seq,
                (SELECT string_agg(o.user_id, ',') FROM participants o WHERE o.conversation_id = c.id) AS listeners,
                EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.sent_as = $3)
                OR EXISTS (SELECT 1 FROM deleted_messages d WHERE d.conversation_id = c.id AND d.sent_as = $3) AS is_sent, ",
            message_subscribers!(),
            " AS subscribers
            FROM sessions s JOIN users u ON u.id = s.user_id
            LEFT JOIN conversations c ON c.id =
                (SELECT o.id FROM participants p JOIN conversations o ON o.id = p.conversation_id
                    WHERE p.user_id = s.user_id AND p.is_subscribed
                    ORDER BY o.id = $4 DESC, o.last_updated_at DESC, o.id DESC LIMIT 1)
            WHERE s.id = $1 AND s.integration_id = $2"
        );
        let row: Option<VisitorRoadRow> = sql::query_as(SQL)
            .bind(session.to_string())
            .bind(integration.to_string())
            .bind(sent_as.map(ClientMessageId::as_str))
            .bind(wanted.map(|id| id.to_string()))
            .fetch_optional(self.conn())
            .await?;
        let Some(VisitorRoadRow { speaker, road }) = row else { return Ok(None) };
        let road = speaker.has_conversation.then(|| Road::try_from(road)).transpose()?;
        let user = Column("sessions", "user_id").parse(&speaker.user_id)?;
        Ok(Some(VisitorRoad {
            user: TruncatedUser { id: user, external_id: speaker.external_id },
            profile: Column("users", "profile").json(&speaker.profile)?,
            session: VisitorSession {
                user,
                is_revoked: speaker.revoked_at.is_some(),
                expires_at: speaker.expires_at.map(Timestamp::from_millis),
                last_seen: speaker.last_seen.map(Timestamp::from_millis),
            },
            road,
        }))
    }
}

#[derive(sqlx::FromRow)]
struct TruncatedRow {
    id: String,
    r#type: String,
    metadata: Option<String>,
    active: Option<String>,
    pending: Option<String>,
    default_of: Option<String>,
}

impl TryFrom<TruncatedRow> for TruncatedConversation {
    type Error = StorageError;
    fn try_from(row: TruncatedRow) -> Result<Self, StorageError> {
        let column = |name| Column("conversations", name);
        let seat = |name, text: Option<String>| text.map(|text| column(name).json(&text)).transpose();
        Ok(Self {
            id: column("id").parse(&row.id)?,
            kind: kind(&row.r#type),
            metadata: row.metadata.map(|text| column("metadata").json(&text)).transpose()?,
            active_switchboard_integration: seat("active_switchboard_integration_id", row.active)?,
            pending_switchboard_integration: seat("pending_switchboard_integration_id", row.pending)?,
            default_of: row.default_of.map(|id| column("default_of").parse(&id)).transpose()?,
        })
    }
}

impl Reader {
    /// Conversation `id` as webhooks name it.
    pub async fn truncated_conversation(
        &mut self,
        app: AppId,
        id: ConversationId,
    ) -> Result<Option<TruncatedConversation>, StorageError> {
        const SQL: &str =
            concat!("SELECT c.id, c.type, ", truncated!(), " FROM conversations c WHERE c.id = $1 AND c.app_id = $2");
        let row: Option<TruncatedRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(TruncatedConversation::try_from).transpose()
    }

    /// Who hears of a message in conversation `id`, and of its delivery.
    pub async fn message_subscribers(&mut self, id: ConversationId) -> Result<Subscribers, StorageError> {
        const SQL: &str = concat!("SELECT ", message_subscribers!(), " FROM conversations c WHERE c.id = $1");
        let text: Option<Option<String>> =
            sql::query_scalar(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        Subscribers::parse(text.flatten().as_deref())
    }
}
