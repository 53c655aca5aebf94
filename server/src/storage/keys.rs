//! Keys of the API.

use domain::{ApiKey, AppId, IntegrationId, KeyId, Timestamp};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

/// Whose keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOwner {
    App(AppId),
    Integration(AppId, IntegrationId),
}

impl KeyOwner {
    fn columns(self) -> (String, Option<String>) {
        match self {
            Self::App(app) => (app.to_string(), None),
            Self::Integration(app, integration) => (app.to_string(), Some(integration.to_string())),
        }
    }
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: String,
    app_id: Option<String>,
    integration_id: Option<String>,
    display_name: String,
    secret: String,
    created_at: i64,
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = StorageError;
    fn try_from(row: KeyRow) -> Result<Self, StorageError> {
        let integration = row.integration_id.map(|id| Column("api_keys", "integration_id").parse(&id));
        Ok(Self {
            id: Column("api_keys", "id").parse(&row.id)?,
            app: row.app_id.map(|id| Column("api_keys", "app_id").parse(&id)).transpose()?,
            integration: integration.transpose()?,
            display_name: row.display_name,
            secret: row.secret,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl Reader {
    /// The key with this id, whatever its app.
    pub async fn api_key(&mut self, id: &KeyId) -> Result<Option<ApiKey>, StorageError> {
        const SQL: &str =
            "SELECT id, app_id, integration_id, display_name, secret, created_at FROM api_keys WHERE id = $1";
        let row: Option<KeyRow> = sql::query_as(SQL).bind(id.as_str()).fetch_optional(self.conn()).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// The keys of `owner`, oldest first. An app's do not count those of its integrations.
    pub async fn keys_of(&mut self, owner: KeyOwner) -> Result<Vec<ApiKey>, StorageError> {
        const SQL: &str = "SELECT id, app_id, integration_id, display_name, secret, created_at FROM api_keys
            WHERE app_id = $1 AND coalesce(integration_id, '') = coalesce($2, '') ORDER BY created_at, id";
        let (app, integration) = owner.columns();
        let rows: Vec<KeyRow> = sql::query_as(SQL).bind(app).bind(integration).fetch_all(self.conn()).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }
}

impl Tx {
    pub async fn insert_api_key(&mut self, key: &ApiKey) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO api_keys (id, app_id, integration_id, display_name, secret, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        sql::query(SQL)
            .bind(key.id.as_str())
            .bind(key.app.map(|app| app.to_string()))
            .bind(key.integration.map(|integration| integration.to_string()))
            .bind(&key.display_name)
            .bind(&key.secret)
            .bind(key.created_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    pub async fn delete_keys_of_integration(
        &mut self,
        app: AppId,
        integration: IntegrationId,
    ) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM api_keys WHERE app_id = $1 AND integration_id = $2";
        sql::query(SQL).bind(app.to_string()).bind(integration.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Gives whether there was one.
    pub async fn delete_api_key(&mut self, id: &KeyId) -> Result<bool, StorageError> {
        const SQL: &str = "DELETE FROM api_keys WHERE id = $1";
        let done = sql::query(SQL).bind(id.as_str()).execute(self.writing().await?).await?;
        Ok(done.rows_affected() > 0)
    }
}
