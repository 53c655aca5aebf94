//! Integrations: the chat pages of apps.

use domain::{AppId, Integration, IntegrationId, Timestamp};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx};

#[derive(sqlx::FromRow)]
struct IntegrationRow {
    id: String,
    app_id: String,
    display_name: Option<String>,
    settings: String,
}

impl TryFrom<IntegrationRow> for Integration {
    type Error = StorageError;
    fn try_from(row: IntegrationRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("integrations", "id").parse(&row.id)?,
            app: Column("integrations", "app_id").parse(&row.app_id)?,
            display_name: row.display_name,
            web: Column("integrations", "settings").json(&row.settings)?,
        })
    }
}

impl Reader {
    /// The `web` integration with this id, whatever its app: it is what a chat link names.
    pub async fn web_integration(&mut self, id: IntegrationId) -> Result<Option<Integration>, StorageError> {
        const SQL: &str = "SELECT id, app_id, display_name, settings FROM integrations WHERE id = $1 AND type = 'web'";
        let row: Option<IntegrationRow> = sqlx::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        row.map(Integration::try_from).transpose()
    }

    /// The oldest chat page of `app`.
    pub async fn first_web_integration_of(&mut self, app: AppId) -> Result<Option<Integration>, StorageError> {
        const SQL: &str = "SELECT id, app_id, display_name, settings FROM integrations
            WHERE app_id = $1 AND type = 'web' ORDER BY id LIMIT 1";
        let row: Option<IntegrationRow> = sqlx::query_as(SQL).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Integration::try_from).transpose()
    }
}

impl Tx {
    pub async fn insert_web_integration(
        &mut self,
        integration: &Integration,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO integrations (id, app_id, type, display_name, settings, created_at)
            VALUES ($1, $2, 'web', $3, $4, $5)";
        sqlx::query(SQL)
            .bind(integration.id.to_string())
            .bind(integration.app.to_string())
            .bind(&integration.display_name)
            .bind(json_text(&integration.web))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Replaces name and settings.
    pub async fn update_web_integration(&mut self, integration: &Integration) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE integrations SET display_name = $3, settings = $4 WHERE id = $1 AND app_id = $2";
        sqlx::query(SQL)
            .bind(integration.id.to_string())
            .bind(integration.app.to_string())
            .bind(&integration.display_name)
            .bind(json_text(&integration.web))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }
}
