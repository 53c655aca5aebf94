//! Users, and their clients.

use domain::{AppId, ClientId, IntegrationId, Timestamp, User, UserId};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: String,
    external_id: Option<String>,
    signed_up_at: i64,
    profile: String,
    metadata: String,
}

impl TryFrom<UserRow> for User {
    type Error = StorageError;
    fn try_from(row: UserRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("users", "id").parse(&row.id)?,
            external_id: row.external_id,
            signed_up_at: Timestamp::from_millis(row.signed_up_at),
            profile: Column("users", "profile").json(&row.profile)?,
            metadata: Column("users", "metadata").json(&row.metadata)?,
            identities: Vec::new(),
        })
    }
}

impl Reader {
    pub async fn user(&mut self, app: AppId, id: UserId) -> Result<Option<User>, StorageError> {
        const SQL: &str =
            "SELECT id, external_id, signed_up_at, profile, metadata FROM users WHERE id = $1 AND app_id = $2";
        let row: Option<UserRow> =
            sqlx::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(User::try_from).transpose()
    }

    pub async fn user_by_external_id(&mut self, app: AppId, external_id: &str) -> Result<Option<User>, StorageError> {
        const SQL: &str = "SELECT id, external_id, signed_up_at, profile, metadata FROM users
            WHERE app_id = $1 AND external_id = $2";
        let row: Option<UserRow> =
            sqlx::query_as(SQL).bind(app.to_string()).bind(external_id).fetch_optional(self.conn()).await?;
        row.map(User::try_from).transpose()
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the id or the external id is taken.
    pub async fn insert_user(&mut self, app: AppId, user: &User, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO users (id, app_id, external_id, signed_up_at, profile, metadata, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(SQL)
            .bind(user.id.to_string())
            .bind(app.to_string())
            .bind(&user.external_id)
            .bind(user.signed_up_at.millis())
            .bind(json_text(&user.profile))
            .bind(json_text(&user.metadata))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// The user's one client of type `sdk`, which is made with `id` if there is none yet.
    pub async fn sdk_client_or(
        &mut self,
        user: UserId,
        integration: IntegrationId,
        id: ClientId,
        at: Timestamp,
    ) -> Result<ClientId, StorageError> {
        const SQL: &str = "INSERT INTO clients (id, user_id, type, status, integration_id, linked_at)
            VALUES ($1, $2, 'sdk', 'active', $3, $4)
            ON CONFLICT (user_id, type) DO UPDATE SET status = 'active' RETURNING id";
        let id: String = sqlx::query_scalar(SQL)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(integration.to_string())
            .bind(at.millis())
            .fetch_one(self.writing().await?)
            .await?;
        Column("clients", "id").parse(&id)
    }
}
