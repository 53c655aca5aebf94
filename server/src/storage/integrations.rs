//! Integrations: how apps are reached.

use domain::{
    AppId, Cursor, Integration, IntegrationId, IntegrationSettings, Page, PageRequest, Timestamp, WebIntegration,
};

use super::page::{bounds, page_of};
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
struct IntegrationRow {
    id: String,
    app_id: String,
    r#type: String,
    display_name: Option<String>,
    settings: String,
}

impl TryFrom<IntegrationRow> for Integration {
    type Error = StorageError;
    fn try_from(row: IntegrationRow) -> Result<Self, StorageError> {
        let settings = Column("integrations", "settings");
        Ok(Self {
            id: Column("integrations", "id").parse(&row.id)?,
            app: Column("integrations", "app_id").parse(&row.app_id)?,
            display_name: row.display_name,
            settings: settings.read(IntegrationSettings::from_stored(row.r#type, &row.settings))?,
        })
    }
}

/// The columns of a chat page `i`, called as its app `a` is where it has no name of its own.
macro_rules! page {
    ($which:literal) => {
        concat!(
            "SELECT i.id, i.app_id, i.type, coalesce(nullif(trim(i.display_name), ''), a.display_name) AS display_name, i.settings
            FROM integrations i JOIN apps a ON a.id = i.app_id WHERE i.type = 'web' AND ",
            $which
        )
    };
}

impl Reader {
    /// The `web` integration with this id, whatever its app: it is what a chat link names.
    pub async fn web_integration(&mut self, id: IntegrationId) -> Result<Option<WebIntegration>, StorageError> {
        const SQL: &str = page!("i.id = $1");
        let row: Option<IntegrationRow> = sql::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        Ok(row.map(Integration::try_from).transpose()?.and_then(WebIntegration::of))
    }

    /// The oldest chat page of `app`.
    pub async fn first_web_integration_of(&mut self, app: AppId) -> Result<Option<WebIntegration>, StorageError> {
        const SQL: &str = page!("i.app_id = $1 ORDER BY i.id LIMIT 1");
        let row: Option<IntegrationRow> = sql::query_as(SQL).bind(app.to_string()).fetch_optional(self.conn()).await?;
        Ok(row.map(Integration::try_from).transpose()?.and_then(WebIntegration::of))
    }

    pub async fn integration(&mut self, app: AppId, id: IntegrationId) -> Result<Option<Integration>, StorageError> {
        const SQL: &str =
            "SELECT id, app_id, type, display_name, settings FROM integrations WHERE id = $1 AND app_id = $2";
        let row: Option<IntegrationRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Integration::try_from).transpose()
    }

    pub async fn integration_of_any_app(&mut self, id: IntegrationId) -> Result<Option<Integration>, StorageError> {
        const SQL: &str = "SELECT id, app_id, type, display_name, settings FROM integrations WHERE id = $1";
        let row: Option<IntegrationRow> = sql::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        row.map(Integration::try_from).transpose()
    }

    /// The oldest integration of `app` with this type.
    pub async fn first_integration_of_type(
        &mut self,
        app: AppId,
        kind: &str,
    ) -> Result<Option<Integration>, StorageError> {
        const SQL: &str = "SELECT id, app_id, type, display_name, settings FROM integrations
            WHERE app_id = $1 AND type = $2 ORDER BY id LIMIT 1";
        let row: Option<IntegrationRow> =
            sql::query_as(SQL).bind(app.to_string()).bind(kind).fetch_optional(self.conn()).await?;
        row.map(Integration::try_from).transpose()
    }

    /// Integrations of `app`, oldest first; only those of `types` where there are any.
    ///
    /// `None` when the cursor names no integration of this app.
    pub async fn integrations_of(
        &mut self,
        app: AppId,
        types: Option<&[&str]>,
        page: PageRequest<IntegrationId>,
    ) -> Result<Option<Page<Integration>>, StorageError> {
        const UP: &str = "SELECT id, app_id, type, display_name, settings FROM integrations
            WHERE app_id = $1 AND id > $2 AND id < $3 AND ($4 IS NULL OR type IN (SELECT value FROM json_each($4)))
            ORDER BY id LIMIT $5";
        const DOWN: &str = "SELECT id, app_id, type, display_name, settings FROM integrations
            WHERE app_id = $1 AND id > $2 AND id < $3 AND ($4 IS NULL OR type IN (SELECT value FROM json_each($4)))
            ORDER BY id DESC LIMIT $5";
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.integration(app, id).await?.is_none()
        {
            return Ok(None);
        }
        let (above, below) = bounds(&page.cursor);
        let is_down = matches!(page.cursor, Cursor::Before(_));
        let rows: Vec<IntegrationRow> = sql::query_as(if is_down { DOWN } else { UP })
            .bind(app.to_string())
            .bind(above)
            .bind(below)
            .bind(types.map(|types| json_text(&types)))
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let integrations = rows.into_iter().map(Integration::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(integrations, &page.cursor, page.size)))
    }
}

impl Tx {
    pub async fn insert_integration(&mut self, integration: &Integration, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO integrations (id, app_id, type, display_name, settings, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let settings = Column("integrations", "settings").read(integration.settings.stored())?;
        sql::query(SQL)
            .bind(integration.id.to_string())
            .bind(integration.app.to_string())
            .bind(integration.settings.kind())
            .bind(&integration.display_name)
            .bind(settings)
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Replaces name and settings.
    pub async fn update_integration(&mut self, integration: &Integration) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE integrations SET display_name = $3, settings = $4 WHERE id = $1 AND app_id = $2";
        let settings = Column("integrations", "settings").read(integration.settings.stored())?;
        sql::query(SQL)
            .bind(integration.id.to_string())
            .bind(integration.app.to_string())
            .bind(&integration.display_name)
            .bind(settings)
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Removes an integration with its keys, webhooks and sessions, and its seats at the switchboard. A switchboard whose default
    /// it was is switched off. Gives whether there was one.
    pub async fn delete_integration(&mut self, app: AppId, id: IntegrationId) -> Result<bool, StorageError> {
        const UNSEAT: &str = "UPDATE switchboards SET enabled = FALSE, default_switchboard_integration_id = NULL
            WHERE app_id = $2 AND default_switchboard_integration_id IN
                (SELECT s.id FROM switchboard_integrations s WHERE s.integration_id = $1)";
        const UNLINK: &str = "UPDATE switchboard_integrations SET next_switchboard_integration_id = NULL
            WHERE switchboard_id IN (SELECT b.id FROM switchboards b WHERE b.app_id = $2)
                AND next_switchboard_integration_id IN
                    (SELECT s.id FROM switchboard_integrations s WHERE s.integration_id = $1)";
        const SQL: &str = "DELETE FROM integrations WHERE id = $1 AND app_id = $2";
        let mut deleted = 0;
        for sql in [UNSEAT, UNLINK, SQL] {
            let done =
                sql::query(sql).bind(id.to_string()).bind(app.to_string()).execute(self.writing().await?).await?;
            deleted = done.rows_affected();
        }
        Ok(deleted > 0)
    }
}
