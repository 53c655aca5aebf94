//! Users.

use domain::{AppId, Timestamp, User, UserId, UserRef};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

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
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(User::try_from).transpose()
    }

    pub async fn user_by_external_id(&mut self, app: AppId, external_id: &str) -> Result<Option<User>, StorageError> {
        const SQL: &str = "SELECT id, external_id, signed_up_at, profile, metadata FROM users
            WHERE app_id = $1 AND external_id = $2";
        let row: Option<UserRow> =
            sql::query_as(SQL).bind(app.to_string()).bind(external_id).fetch_optional(self.conn()).await?;
        row.map(User::try_from).transpose()
    }

    /// The user with this id, else with this external id.
    pub async fn user_called(&mut self, app: AppId, id_or_external_id: &str) -> Result<Option<User>, StorageError> {
        if let Ok(id) = id_or_external_id.parse()
            && let Some(user) = self.user(app, id).await?
        {
            return Ok(Some(user));
        }
        self.user_by_external_id(app, id_or_external_id).await
    }

    pub async fn user_named(&mut self, app: AppId, named: &UserRef) -> Result<Option<User>, StorageError> {
        match named {
            UserRef::Id(id) => self.user(app, *id).await,
            UserRef::ExternalId(external_id) => self.user_by_external_id(app, external_id).await,
            UserRef::Nobody => Ok(None),
        }
    }
}

impl Reader {
    /// The app of the user with this id.
    pub async fn app_of_user(&mut self, id: UserId) -> Result<Option<AppId>, StorageError> {
        const SQL: &str = "SELECT app_id FROM users WHERE id = $1";
        let app: Option<String> = sql::query_scalar(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        app.map(|app| Column("users", "app_id").parse(&app)).transpose()
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the id or the external id is taken.
    pub async fn insert_user(&mut self, app: AppId, user: &User, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO users (id, app_id, external_id, signed_up_at, profile, metadata, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sql::query(SQL)
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

    /// Stores `user` as it is now.
    /// # Errors
    /// `Conflict` when the external id is taken.
    pub async fn update_user(&mut self, app: AppId, user: &User) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE users SET external_id = $3, signed_up_at = $4, profile = $5, metadata = $6
            WHERE id = $1 AND app_id = $2";
        sql::query(SQL)
            .bind(user.id.to_string())
            .bind(app.to_string())
            .bind(&user.external_id)
            .bind(user.signed_up_at.millis())
            .bind(json_text(&user.profile))
            .bind(json_text(&user.metadata))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Deletes a user, with clients, devices, memberships and files. Personal conversations must be gone before.
    pub async fn delete_user(&mut self, app: AppId, id: UserId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM users WHERE id = $1 AND app_id = $2";
        self.delete_attachments_of_user(app, id, at).await?;
        sql::query(SQL).bind(id.to_string()).bind(app.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }
}
