//! Sessions: browsers that speak for users.

use domain::{ClientId, ConversationId, IntegrationId, SessionId, Timestamp, UserId};

use super::row::Column;
use super::{Reader, StorageError, Tx};

/// A browser that has spoken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitorSession {
    pub user: UserId,
    pub is_revoked: bool,
    /// The conversation in which something happened last.
    pub latest_conversation: Option<ConversationId>,
}

pub struct NewSession {
    pub id: SessionId,
    pub integration: IntegrationId,
    pub user: UserId,
    pub client: ClientId,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    user_id: String,
    revoked_at: Option<i64>,
    conversation_id: Option<String>,
}

impl Reader {
    /// The session with this id on this integration; `None` before its first message.
    pub async fn visitor_session(
        &mut self,
        integration: IntegrationId,
        id: SessionId,
    ) -> Result<Option<VisitorSession>, StorageError> {
        const SQL: &str = "SELECT s.user_id, s.revoked_at, c.id AS conversation_id FROM sessions s
            LEFT JOIN participants p ON p.user_id = s.user_id
            LEFT JOIN conversations c ON c.id = p.conversation_id
            WHERE s.id = $1 AND s.integration_id = $2
            ORDER BY c.last_updated_at DESC, c.id DESC LIMIT 1";
        let row: Option<SessionRow> =
            sqlx::query_as(SQL).bind(id.to_string()).bind(integration.to_string()).fetch_optional(self.conn()).await?;
        row.map(|row| {
            Ok(VisitorSession {
                user: Column("sessions", "user_id").parse(&row.user_id)?,
                is_revoked: row.revoked_at.is_some(),
                latest_conversation: row
                    .conversation_id
                    .map(|id| Column("conversations", "id").parse(&id))
                    .transpose()?,
            })
        })
        .transpose()
    }
}

impl Tx {
    pub async fn insert_session(&mut self, session: &NewSession, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO sessions (id, integration_id, user_id, client_id, created_at)
            VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(SQL)
            .bind(session.id.to_string())
            .bind(session.integration.to_string())
            .bind(session.user.to_string())
            .bind(session.client.to_string())
            .bind(at.millis())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Ends a session: its token is dead from now on.
    pub async fn revoke_session(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        sqlx::query(SQL).bind(id.to_string()).bind(at.millis()).execute(self.conn()).await?;
        Ok(())
    }
}
