//! Menus: one a chat page, and one of the app for all others.

use domain::{AppId, IntegrationId, Menu, Timestamp};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

/// Under which id a menu is kept.
fn key(app: AppId, integration: Option<IntegrationId>) -> String {
    integration.map_or_else(|| app.to_string(), |integration| integration.to_string())
}

impl Reader {
    /// The menu of `integration`, without one that of the app; `None` where none was set.
    pub async fn menu(&mut self, app: AppId, integration: Option<IntegrationId>) -> Result<Option<Menu>, StorageError> {
        const SQL: &str = "SELECT menu FROM menus WHERE id = $1 AND app_id = $2";
        let menu: Option<String> = sql::query_scalar(SQL)
            .bind(key(app, integration))
            .bind(app.to_string())
            .fetch_optional(self.conn())
            .await?;
        menu.map(|menu| Column("menus", "menu").json(&menu)).transpose()
    }

    /// All menus of `app`.
    pub async fn menus(&mut self, app: AppId) -> Result<Vec<Menu>, StorageError> {
        const SQL: &str = "SELECT menu FROM menus WHERE app_id = $1 ORDER BY id";
        let menus: Vec<String> = sql::query_scalar(SQL).bind(app.to_string()).fetch_all(self.conn()).await?;
        menus.iter().map(|menu| Column("menus", "menu").json(menu)).collect()
    }
}

impl Tx {
    /// Sets the menu, in place of one that was there.
    pub async fn put_menu(
        &mut self,
        app: AppId,
        integration: Option<IntegrationId>,
        menu: &Menu,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO menus (id, app_id, integration_id, menu, updated_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (id) DO UPDATE SET menu = $4, updated_at = $5";
        sql::query(SQL)
            .bind(key(app, integration))
            .bind(app.to_string())
            .bind(integration.map(|integration| integration.to_string()))
            .bind(json_text(menu))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Removes the menu, if there is one.
    pub async fn delete_menu(&mut self, app: AppId, integration: Option<IntegrationId>) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM menus WHERE id = $1 AND app_id = $2";
        sql::query(SQL).bind(key(app, integration)).bind(app.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }
}
