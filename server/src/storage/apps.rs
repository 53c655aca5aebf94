//! Apps and the keys that open them.

use domain::{ApiKey, App, AppId, AppSettings, KeyId, Timestamp};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx};

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: String,
    app_id: Option<String>,
    integration_id: Option<String>,
    display_name: String,
    secret: String,
    created_at: i64,
}

impl Reader {
    /// The key with this id, whatever its app.
    pub async fn api_key(&mut self, id: &KeyId) -> Result<Option<ApiKey>, StorageError> {
        const SQL: &str =
            "SELECT id, app_id, integration_id, display_name, secret, created_at FROM api_keys WHERE id = $1";
        let row: Option<KeyRow> = sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(self.conn()).await?;
        row.map(|row| {
            Ok(ApiKey {
                id: Column("api_keys", "id").parse(&row.id)?,
                app: row.app_id.map(|id| Column("api_keys", "app_id").parse(&id)).transpose()?,
                integration: row
                    .integration_id
                    .map(|id| Column("api_keys", "integration_id").parse(&id))
                    .transpose()?,
                display_name: row.display_name,
                secret: row.secret,
                created_at: Timestamp::from_millis(row.created_at),
            })
        })
        .transpose()
    }

    pub async fn app_exists(&mut self, id: AppId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM apps WHERE id = $1)";
        Ok(sqlx::query_scalar(SQL).bind(id.to_string()).fetch_one(self.conn()).await?)
    }

    /// How `app` behaves; the defaults where there is no such app.
    pub async fn app_settings(&mut self, app: AppId) -> Result<AppSettings, StorageError> {
        let sql = "SELECT settings FROM apps WHERE id = $1";
        let settings: Option<String> =
            sqlx::query_scalar(sql).bind(app.to_string()).fetch_optional(self.conn()).await?;
        settings.map_or_else(|| Ok(AppSettings::default()), |text| Column("apps", "settings").json(&text))
    }

    /// The oldest app key of `app`.
    pub async fn first_key_of(&mut self, app: AppId) -> Result<Option<KeyId>, StorageError> {
        const SQL: &str = "SELECT id FROM api_keys
            WHERE app_id = $1 AND integration_id IS NULL ORDER BY created_at, id LIMIT 1";
        let id: Option<String> = sqlx::query_scalar(SQL).bind(app.to_string()).fetch_optional(self.conn()).await?;
        id.map(|id| Column("api_keys", "id").parse(&id)).transpose()
    }
}

impl Tx {
    pub async fn insert_app(&mut self, app: &App, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO apps (id, display_name, settings, metadata, created_at) VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(SQL)
            .bind(app.id.to_string())
            .bind(&app.display_name)
            .bind(json_text(&app.settings))
            .bind(json_text(&app.metadata))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    pub async fn insert_api_key(&mut self, key: &ApiKey) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO api_keys (id, app_id, integration_id, display_name, secret, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(SQL)
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
}
