//! Apps.

use domain::{App, AppId, AppSettings, Cursor, Page, PageRequest, Timestamp};

use super::page::{bounds, page_of};
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
struct AppRow {
    id: String,
    display_name: String,
    settings: String,
    metadata: String,
}

impl TryFrom<AppRow> for App {
    type Error = StorageError;
    fn try_from(row: AppRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("apps", "id").parse(&row.id)?,
            display_name: row.display_name,
            settings: Column("apps", "settings").json(&row.settings)?,
            metadata: Column("apps", "metadata").json(&row.metadata)?,
        })
    }
}

impl Reader {
    pub async fn app_exists(&mut self, id: AppId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM apps WHERE id = $1)";
        Ok(sql::query_scalar(SQL).bind(id.to_string()).fetch_one(self.conn()).await?)
    }

    /// How `app` behaves; the defaults where there is no such app.
    pub async fn app_settings(&mut self, app: AppId) -> Result<AppSettings, StorageError> {
        let sql = "SELECT settings FROM apps WHERE id = $1";
        let settings: Option<String> = sql::query_scalar(sql).bind(app.to_string()).fetch_optional(self.conn()).await?;
        settings.map_or_else(|| Ok(AppSettings::default()), |text| Column("apps", "settings").json(&text))
    }

    pub async fn app(&mut self, id: AppId) -> Result<Option<App>, StorageError> {
        const SQL: &str = "SELECT id, display_name, settings, metadata FROM apps WHERE id = $1";
        let row: Option<AppRow> = sql::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        row.map(App::try_from).transpose()
    }

    /// All apps, oldest first. `None` when the cursor names no app.
    pub async fn apps(&mut self, page: PageRequest<AppId>) -> Result<Option<Page<App>>, StorageError> {
        const UP: &str = "SELECT id, display_name, settings, metadata FROM apps
            WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3";
        const DOWN: &str = "SELECT id, display_name, settings, metadata FROM apps
            WHERE id > $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && !self.app_exists(id).await?
        {
            return Ok(None);
        }
        let (above, below) = bounds(&page.cursor);
        let is_down = matches!(page.cursor, Cursor::Before(_));
        let rows: Vec<AppRow> = sql::query_as(if is_down { DOWN } else { UP })
            .bind(above)
            .bind(below)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let apps = rows.into_iter().map(App::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(apps, &page.cursor, page.size)))
    }
}

impl Tx {
    pub async fn insert_app(&mut self, app: &App, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO apps (id, display_name, settings, metadata, created_at) VALUES ($1, $2, $3, $4, $5)";
        sql::query(SQL)
            .bind(app.id.to_string())
            .bind(&app.display_name)
            .bind(json_text(&app.settings))
            .bind(json_text(&app.metadata))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Replaces name, settings and metadata.
    pub async fn update_app(&mut self, app: &App) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE apps SET display_name = $2, settings = $3, metadata = $4 WHERE id = $1";
        sql::query(SQL)
            .bind(app.id.to_string())
            .bind(&app.display_name)
            .bind(json_text(&app.settings))
            .bind(json_text(&app.metadata))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Removes an app with all that it holds; its kept events go in batches, with [`Tx::prune_events_of_departed_apps`]. Gives
    /// whether there was one.
    pub async fn delete_app(&mut self, id: AppId) -> Result<bool, StorageError> {
        const SQL: &str = "INSERT INTO departed_apps (id) SELECT id FROM apps WHERE id = $1;
            DELETE FROM apps WHERE id = $1";
        let done = sql::query(SQL).bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(done.rows_affected() > 0)
    }
}
