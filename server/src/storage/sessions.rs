//! Sessions: browsers that speak for users.

use domain::{ClientId, Conversation, ConversationId, DeviceInfo, IntegrationId, SessionId, Timestamp, UserId};
use sqlx::{FromRow as _, Row as _};

use super::conversations::ConversationRow;
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx};

/// A browser that has spoken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitorSession {
    pub user: UserId,
    pub is_revoked: bool,
    /// When somebody was last known to be there; lags behind by a while.
    pub last_seen: Option<Timestamp>,
}

pub struct NewSession {
    pub id: SessionId,
    pub integration: IntegrationId,
    pub user: UserId,
    pub client: ClientId,
    pub info: DeviceInfo,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    user_id: String,
    revoked_at: Option<i64>,
    last_seen: Option<i64>,
}

impl TryFrom<SessionRow> for VisitorSession {
    type Error = StorageError;
    fn try_from(row: SessionRow) -> Result<Self, StorageError> {
        Ok(Self {
            user: Column("sessions", "user_id").parse(&row.user_id)?,
            is_revoked: row.revoked_at.is_some(),
            last_seen: row.last_seen.map(Timestamp::from_millis),
        })
    }
}

impl Reader {
    /// The session with this id on this integration; `None` before its first message.
    pub async fn visitor_session(
        &mut self,
        integration: IntegrationId,
        id: SessionId,
    ) -> Result<Option<VisitorSession>, StorageError> {
        const SQL: &str = "SELECT user_id, revoked_at, last_seen FROM sessions WHERE id = $1 AND integration_id = $2";
        let row: Option<SessionRow> =
            sqlx::query_as(SQL).bind(id.to_string()).bind(integration.to_string()).fetch_optional(self.conn()).await?;
        row.map(VisitorSession::try_from).transpose()
    }

    /// [`Reader::visitor_session`] together with the conversation that its page shows: `wanted` if the user is subscribed to it,
    /// else the one where something happened last.
    pub async fn visitor_session_with_conversation(
        &mut self,
        integration: IntegrationId,
        id: SessionId,
        wanted: Option<ConversationId>,
    ) -> Result<Option<(VisitorSession, Option<Conversation>)>, StorageError> {
        const SQL: &str = "SELECT s.user_id, s.revoked_at, s.last_seen, c.id AS conversation_id,
                coalesce(c.id, '') AS id, coalesce(c.type, '') AS type, c.default_of IS NOT NULL AS is_default,
                c.display_name, c.description, c.icon_url, c.metadata, coalesce(c.seq, 0) AS seq, c.business_last_read,
                coalesce(c.last_updated_at, 0) AS last_updated_at, coalesce(c.created_at, 0) AS created_at
            FROM sessions s
            LEFT JOIN participants p ON p.user_id = s.user_id AND p.is_subscribed
            LEFT JOIN conversations c ON c.id = p.conversation_id
            WHERE s.id = $1 AND s.integration_id = $2
            ORDER BY c.id = $3 DESC, c.last_updated_at DESC, c.id DESC LIMIT 1";
        let row = sqlx::query(SQL)
            .bind(id.to_string())
            .bind(integration.to_string())
            .bind(wanted.map(|id| id.to_string()))
            .fetch_optional(self.conn())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let session = SessionRow::from_row(&row)?;
        let conversation = if row.try_get::<Option<String>, _>("conversation_id")?.is_some() {
            Some(Conversation::try_from(ConversationRow::from_row(&row)?)?)
        } else {
            None
        };
        Ok(Some((session.try_into()?, conversation)))
    }

    /// Users who have spoken on the page of `integration`.
    pub async fn users_with_sessions_at(&mut self, integration: IntegrationId) -> Result<Vec<UserId>, StorageError> {
        const SQL: &str = "SELECT DISTINCT user_id FROM sessions WHERE integration_id = $1";
        let ids: Vec<String> = sqlx::query_scalar(SQL).bind(integration.to_string()).fetch_all(self.conn()).await?;
        ids.iter().map(|id| Column("sessions", "user_id").parse(id)).collect()
    }
}

impl Tx {
    pub async fn insert_session(&mut self, session: &NewSession, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO sessions (id, integration_id, user_id, client_id, created_at, last_seen, info)
            VALUES ($1, $2, $3, $4, $5, $5, $6);
            UPDATE clients SET last_seen = $5 WHERE id = $4";
        sqlx::query(SQL)
            .bind(session.id.to_string())
            .bind(session.integration.to_string())
            .bind(session.user.to_string())
            .bind(session.client.to_string())
            .bind(at.millis())
            .bind((!session.info.is_empty()).then(|| json_text(&session.info)))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }
}
