//! Templates: messages that are kept for sending later.

use domain::{AppId, TemplateId, Timestamp};
use serde_json::{Map, Value};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

/// A message under a name, unique in its app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub id: TemplateId,
    pub name: String,
    /// As the older API writes one.
    pub message: Map<String, Value>,
}

#[derive(sqlx::FromRow)]
struct TemplateRow {
    id: String,
    name: String,
    message: String,
}

impl TryFrom<TemplateRow> for Template {
    type Error = StorageError;
    fn try_from(row: TemplateRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("templates", "id").parse(&row.id)?,
            name: row.name,
            message: Column("templates", "message").json(&row.message)?,
        })
    }
}

impl Reader {
    pub async fn template(&mut self, app: AppId, id: TemplateId) -> Result<Option<Template>, StorageError> {
        const SQL: &str = "SELECT id, name, message FROM templates WHERE id = $1 AND app_id = $2";
        let row: Option<TemplateRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Template::try_from).transpose()
    }

    /// All templates of `app`, oldest first.
    pub async fn templates(&mut self, app: AppId) -> Result<Vec<Template>, StorageError> {
        const SQL: &str = "SELECT id, name, message FROM templates WHERE app_id = $1 ORDER BY created_at, id";
        let rows: Vec<TemplateRow> = sql::query_as(SQL).bind(app.to_string()).fetch_all(self.conn()).await?;
        rows.into_iter().map(Template::try_from).collect()
    }

    pub async fn count_templates(&mut self, app: AppId) -> Result<u64, StorageError> {
        const SQL: &str = "SELECT count(*) FROM templates WHERE app_id = $1";
        let count: i64 = sql::query_scalar(SQL).bind(app.to_string()).fetch_one(self.conn()).await?;
        Column("templates", "id").count(count)
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn insert_template(
        &mut self,
        app: AppId,
        template: &Template,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO templates (id, app_id, name, message, created_at) VALUES ($1, $2, $3, $4, $5)";
        sql::query(SQL)
            .bind(template.id.to_string())
            .bind(app.to_string())
            .bind(&template.name)
            .bind(json_text(&template.message))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn update_template(&mut self, app: AppId, template: &Template) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE templates SET name = $3, message = $4 WHERE id = $1 AND app_id = $2";
        sql::query(SQL)
            .bind(template.id.to_string())
            .bind(app.to_string())
            .bind(&template.name)
            .bind(json_text(&template.message))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Whether there was one.
    pub async fn delete_template(&mut self, app: AppId, id: TemplateId) -> Result<bool, StorageError> {
        const SQL: &str = "DELETE FROM templates WHERE id = $1 AND app_id = $2";
        let done = sql::query(SQL).bind(id.to_string()).bind(app.to_string()).execute(self.writing().await?).await?;
        Ok(done.rows_affected() > 0)
    }
}
