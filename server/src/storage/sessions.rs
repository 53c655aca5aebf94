//! Sessions: browsers that speak for users.

use domain::{
    ClientId, Conversation, ConversationId, DeviceInfo, IntegrationId, Session, SessionId, Timestamp, UserId,
};

use super::conversations::ConversationRow;
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

/// A browser that has spoken before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitorSession {
    pub user: UserId,
    pub is_revoked: bool,
    /// Until when a login is good; `None` for a browser that nobody logged in.
    pub expires_at: Option<Timestamp>,
    /// When somebody was last known to be there; lags behind by a while.
    pub last_seen: Option<Timestamp>,
}

impl VisitorSession {
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.is_revoked || self.expires_at.is_some_and(|end| end <= now)
    }
}

pub struct NewSession {
    pub id: SessionId,
    pub integration: IntegrationId,
    pub user: UserId,
    pub client: ClientId,
    pub info: DeviceInfo,
    /// Until when a login is good; `None` for a browser that nobody logged in.
    pub expires_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    user_id: String,
    revoked_at: Option<i64>,
    expires_at: Option<i64>,
    last_seen: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct PageRow {
    #[sqlx(flatten)]
    session: SessionRow,
    conversation_id: Option<String>,
    #[sqlx(flatten)]
    conversation: ConversationRow,
    is_reported: bool,
}

/// Somebody at a chat page, and what it shows.
pub struct Visit {
    pub session: VisitorSession,
    pub conversation: Option<Conversation>,
    /// Whether a webhook of the app is told what visitors were shown.
    pub is_reported: bool,
}

impl TryFrom<SessionRow> for VisitorSession {
    type Error = StorageError;
    fn try_from(row: SessionRow) -> Result<Self, StorageError> {
        Ok(Self {
            user: Column("sessions", "user_id").parse(&row.user_id)?,
            is_revoked: row.revoked_at.is_some(),
            expires_at: row.expires_at.map(Timestamp::from_millis),
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
        const SQL: &str =
            "SELECT user_id, revoked_at, expires_at, last_seen FROM sessions WHERE id = $1 AND integration_id = $2";
        let row: Option<SessionRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(integration.to_string()).fetch_optional(self.conn()).await?;
        row.map(VisitorSession::try_from).transpose()
    }

    /// [`Reader::visitor_session`] together with the conversation that its page shows: `wanted` if the user is subscribed to it,
    /// else the one where something happened last.
    pub async fn visitor_session_with_conversation(
        &mut self,
        integration: IntegrationId,
        id: SessionId,
        wanted: Option<ConversationId>,
    ) -> Result<Option<Visit>, StorageError> {
        const SQL: &str = "SELECT s.user_id, s.revoked_at, s.expires_at, s.last_seen, c.id AS conversation_id,
                coalesce(c.id, '') AS id, coalesce(c.type, '') AS type, c.default_of IS NOT NULL AS is_default,
                c.display_name, c.description, c.icon_url, c.metadata, coalesce(c.seq, 0) AS seq, c.business_last_read,
                coalesce(c.last_updated_at, 0) AS last_updated_at, coalesce(c.created_at, 0) AS created_at,
                EXISTS (SELECT 1 FROM webhook_triggers t WHERE t.app_id = c.app_id
                    AND t.trigger IN ('conversation:message:delivery:user', 'v1:message:delivery:user')) AS is_reported
            FROM sessions s
            LEFT JOIN participants p ON p.user_id = s.user_id AND p.is_subscribed
            LEFT JOIN conversations c ON c.id = p.conversation_id
            WHERE s.id = $1 AND s.integration_id = $2
            ORDER BY c.id = $3 DESC, c.last_updated_at DESC, c.id DESC LIMIT 1";
        let row: Option<PageRow> = sql::query_as(SQL)
            .bind(id.to_string())
            .bind(integration.to_string())
            .bind(wanted.map(|id| id.to_string()))
            .fetch_optional(self.conn())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let conversation =
            row.conversation_id.is_some().then(|| Conversation::try_from(row.conversation)).transpose()?;
        Ok(Some(Visit { session: row.session.try_into()?, conversation, is_reported: row.is_reported }))
    }

    /// Users who have spoken on the page of `integration`.
    pub async fn users_with_sessions_at(&mut self, integration: IntegrationId) -> Result<Vec<UserId>, StorageError> {
        const SQL: &str = "SELECT DISTINCT user_id FROM sessions WHERE integration_id = $1";
        let ids: Vec<String> = sql::query_scalar(SQL).bind(integration.to_string()).fetch_all(self.conn()).await?;
        ids.iter().map(|id| Column("sessions", "user_id").parse(id)).collect()
    }
}

impl Tx {
    pub async fn insert_session(&mut self, session: &NewSession, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO sessions (id, integration_id, user_id, client_id, created_at, last_seen, info, expires_at)
            VALUES ($1, $2, $3, $4, $5, $5, $6, $7);
            UPDATE clients SET last_seen = $5 WHERE id = $4";
        sql::query(SQL)
            .bind(session.id.to_string())
            .bind(session.integration.to_string())
            .bind(session.user.to_string())
            .bind(session.client.to_string())
            .bind(at.millis())
            .bind((!session.info.is_empty()).then(|| json_text(&session.info)))
            .bind(session.expires_at.map(Timestamp::millis))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Has the session end at `at`, as the login that it is from now on.
    pub async fn set_session_end(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE sessions SET expires_at = $2 WHERE id = $1";
        sql::query(SQL).bind(id.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Ends a session for good. One that was revoked before keeps its time.
    pub async fn revoke_session(&mut self, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        sql::query(SQL).bind(id.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// The same for all sessions of `user`.
    pub async fn revoke_sessions_of(&mut self, user: UserId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
        sql::query(SQL).bind(user.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: String,
    integration_id: String,
    client_id: String,
    created_at: i64,
    last_seen: i64,
    info: Option<String>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<ListedRow> for Session {
    type Error = StorageError;
    fn try_from(row: ListedRow) -> Result<Self, StorageError> {
        let column = |name| Column("sessions", name);
        Ok(Self {
            id: column("id").parse(&row.id)?,
            integration_id: column("integration_id").parse(&row.integration_id)?,
            client_id: column("client_id").parse(&row.client_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen: Timestamp::from_millis(row.last_seen),
            info: row.info.map(|text| column("info").json(&text)).transpose()?,
            expires_at: row.expires_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

impl Reader {
    /// Sessions of `user`, the ended ones too, latest seen first.
    pub async fn sessions_of(&mut self, user: UserId) -> Result<Vec<Session>, StorageError> {
        const SQL: &str =
            "SELECT id, integration_id, client_id, created_at, coalesce(last_seen, created_at) AS last_seen,
                info, expires_at, revoked_at
            FROM sessions WHERE user_id = $1 ORDER BY coalesce(last_seen, created_at) DESC, id DESC";
        let rows: Vec<ListedRow> = sql::query_as(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        rows.into_iter().map(Session::try_from).collect()
    }
}
