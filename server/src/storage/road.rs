//! What a message needs to know before it may be appended: one question to the database, whoever sends.

use domain::{AppId, ClientMessageId, ConversationId, IntegrationId, Profile, SessionId, Timestamp, UserId};

use super::row::Column;
use super::{Reader, StorageError};

/// The end of a conversation's log, and who hears of what is put there.
#[derive(Debug, Clone)]
pub struct Road {
    pub conversation: ConversationId,
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
}

/// A browser that has spoken before, and where it speaks.
#[derive(Debug, Clone)]
pub struct VisitorRoad {
    pub user: UserId,
    pub profile: Profile,
    pub is_revoked: bool,
    /// When somebody was last known to be there; lags behind by a while.
    pub last_seen: Option<Timestamp>,
    /// To the conversation where something happened last; `None` when there is none (any more).
    pub road: Option<Road>,
}

#[derive(sqlx::FromRow)]
struct RoadRow {
    id: String,
    seq: i64,
    message_count: i64,
    last_updated_at: i64,
    business_read_seq: i64,
    listeners: Option<String>,
    is_sent: bool,
}

#[derive(sqlx::FromRow)]
struct SpeakerRow {
    user_id: String,
    profile: String,
    revoked_at: Option<i64>,
    last_seen: Option<i64>,
    has_conversation: bool,
}

impl TryFrom<RoadRow> for Road {
    type Error = StorageError;
    fn try_from(row: RoadRow) -> Result<Self, StorageError> {
        let listeners = row.listeners.unwrap_or_default();
        let listeners = listeners.split(',').filter(|id| !id.is_empty());
        Ok(Self {
            conversation: Column("conversations", "id").parse(&row.id)?,
            seq: Column("conversations", "seq").count(row.seq)?,
            message_count: Column("conversations", "message_count").count(row.message_count)?,
            last_updated_at: Timestamp::from_millis(row.last_updated_at),
            business_read_seq: Column("conversations", "business_read_seq").count(row.business_read_seq)?,
            listeners: listeners.map(|id| Column("participants", "user_id").parse(id)).collect::<Result<_, _>>()?,
            is_sent: row.is_sent,
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
        const SQL: &str = "SELECT c.id, c.seq, c.message_count, c.last_updated_at, c.business_read_seq,
                (SELECT group_concat(p.user_id) FROM participants p WHERE p.conversation_id = c.id) AS listeners,
                EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.sent_as = $3)
                OR EXISTS (SELECT 1 FROM deleted_messages d WHERE d.conversation_id = c.id AND d.sent_as = $3) AS is_sent
            FROM conversations c WHERE c.id = $1 AND c.app_id = $2";
        let row: Option<RoadRow> = sqlx::query_as(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(sent_as.map(ClientMessageId::as_str))
            .fetch_optional(self.conn())
            .await?;
        row.map(Road::try_from).transpose()
    }

    /// The road of the visitor with this session; `None` before the first message.
    pub async fn visitor_road(
        &mut self,
        integration: IntegrationId,
        session: SessionId,
        sent_as: Option<&ClientMessageId>,
    ) -> Result<Option<VisitorRoad>, StorageError> {
        const SQL: &str = "SELECT s.user_id, u.profile, s.revoked_at, s.last_seen, c.id IS NOT NULL AS has_conversation,
                coalesce(c.id, '') AS id, coalesce(c.seq, 0) AS seq, coalesce(c.message_count, 0) AS message_count,
                coalesce(c.last_updated_at, 0) AS last_updated_at, coalesce(c.business_read_seq, 0) AS business_read_seq,
                (SELECT group_concat(o.user_id) FROM participants o WHERE o.conversation_id = c.id) AS listeners,
                EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.sent_as = $3)
                OR EXISTS (SELECT 1 FROM deleted_messages d WHERE d.conversation_id = c.id AND d.sent_as = $3) AS is_sent
            FROM sessions s JOIN users u ON u.id = s.user_id
            LEFT JOIN participants p ON p.user_id = s.user_id AND p.is_subscribed
            LEFT JOIN conversations c ON c.id = p.conversation_id
            WHERE s.id = $1 AND s.integration_id = $2
            ORDER BY c.last_updated_at DESC, c.id DESC LIMIT 1";
        let row = sqlx::query(SQL)
            .bind(session.to_string())
            .bind(integration.to_string())
            .bind(sent_as.map(ClientMessageId::as_str))
            .fetch_optional(self.conn())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let speaker: SpeakerRow = sqlx::FromRow::from_row(&row)?;
        let road = if speaker.has_conversation {
            let road: RoadRow = sqlx::FromRow::from_row(&row)?;
            Some(Road::try_from(road)?)
        } else {
            None
        };
        Ok(Some(VisitorRoad {
            user: Column("sessions", "user_id").parse(&speaker.user_id)?,
            profile: Column("users", "profile").json(&speaker.profile)?,
            is_revoked: speaker.revoked_at.is_some(),
            last_seen: speaker.last_seen.map(Timestamp::from_millis),
            road,
        }))
    }
}
