//! Webhooks: where and when businesses are called.

use domain::webhook::WebhookVersion;
use domain::{AppId, IntegrationId, Timestamp, Webhook, WebhookId};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
pub(super) struct WebhookRow {
    webhook_id: String,
    app_id: String,
    integration_id: Option<String>,
    version: String,
    target: String,
    triggers: String,
    secret: String,
    old_secret: Option<String>,
    old_secret_until: Option<i64>,
    include_full_user: bool,
    include_full_source: bool,
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = StorageError;
    fn try_from(row: WebhookRow) -> Result<Self, StorageError> {
        let column = |name| Column("webhooks", name);
        Ok(Self {
            id: column("id").parse(&row.webhook_id)?,
            app: column("app_id").parse(&row.app_id)?,
            integration: row.integration_id.map(|id| column("integration_id").parse(&id)).transpose()?,
            version: if row.version == WebhookVersion::V1.as_str() { WebhookVersion::V1 } else { WebhookVersion::V2 },
            target: row.target,
            triggers: column("triggers").json(&row.triggers)?,
            secret: row.secret,
            old_secret: row.old_secret.zip(row.old_secret_until.map(Timestamp::from_millis)),
            include_full_user: row.include_full_user,
            include_full_source: row.include_full_source,
        })
    }
}

impl Reader {
    /// The webhook with this id; `None` also for one of another app.
    pub async fn webhook(&mut self, app: AppId, id: WebhookId) -> Result<Option<Webhook>, StorageError> {
        const SQL: &str =
            "SELECT id AS webhook_id, app_id, integration_id, version, target, triggers, secret, old_secret,
                old_secret_until, include_full_user, include_full_source
            FROM webhooks WHERE id = $1 AND app_id = $2";
        let row: Option<WebhookRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Webhook::try_from).transpose()
    }

    /// The webhook with this id, whatever its app.
    pub async fn webhook_of_any_app(&mut self, id: WebhookId) -> Result<Option<Webhook>, StorageError> {
        const SQL: &str =
            "SELECT id AS webhook_id, app_id, integration_id, version, target, triggers, secret, old_secret,
                old_secret_until, include_full_user, include_full_source
            FROM webhooks WHERE id = $1";
        let row: Option<WebhookRow> = sql::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        row.map(Webhook::try_from).transpose()
    }

    /// The webhooks of `app`, of every app without one, oldest first.
    pub async fn webhooks(&mut self, app: Option<AppId>) -> Result<Vec<Webhook>, StorageError> {
        const SQL: &str =
            "SELECT id AS webhook_id, app_id, integration_id, version, target, triggers, secret, old_secret,
                old_secret_until, include_full_user, include_full_source
            FROM webhooks WHERE $1 IS NULL OR app_id = $1 ORDER BY app_id, id";
        let rows: Vec<WebhookRow> =
            sql::query_as(SQL).bind(app.map(|app| app.to_string())).fetch_all(self.conn()).await?;
        rows.into_iter().map(Webhook::try_from).collect()
    }

    pub async fn webhook_count(&mut self, app: AppId) -> Result<u64, StorageError> {
        const SQL: &str = "SELECT count(*) FROM webhooks WHERE app_id = $1";
        let count: i64 = sql::query_scalar(SQL).bind(app.to_string()).fetch_one(self.conn()).await?;
        Column("webhooks", "id").count(count)
    }

    /// What kind of integration this is; `None` when the app has no such one.
    pub async fn integration_type(&mut self, app: AppId, id: IntegrationId) -> Result<Option<String>, StorageError> {
        const SQL: &str = "SELECT type FROM integrations WHERE id = $1 AND app_id = $2";
        Ok(sql::query_scalar(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?)
    }
}

impl Tx {
    /// Stores `webhook`, whose triggers mean `subscriptions`.
    pub async fn insert_webhook(
        &mut self,
        webhook: &Webhook,
        subscriptions: &[String],
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO webhooks (id, app_id, integration_id, version, target, triggers, secret,
                include_full_user, include_full_source, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sql::query(SQL)
            .bind(webhook.id.to_string())
            .bind(webhook.app.to_string())
            .bind(webhook.integration.map(|id| id.to_string()))
            .bind(webhook.version.as_str())
            .bind(&webhook.target)
            .bind(json_text(&webhook.triggers))
            .bind(&webhook.secret)
            .bind(webhook.include_full_user)
            .bind(webhook.include_full_source)
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        self.insert_triggers(webhook, subscriptions).await
    }

    /// Replaces all of `webhook` but its owner. Events before this are delivered to the new target and as the new settings say.
    pub async fn update_webhook(&mut self, webhook: &Webhook, subscriptions: &[String]) -> Result<(), StorageError> {
        const SQL: &str =
            "UPDATE webhooks SET target = $2, triggers = $3, include_full_user = $4, include_full_source = $5,
                secret = $6, old_secret = $7, old_secret_until = $8
            WHERE id = $1";
        const UNSUBSCRIBE: &str = "DELETE FROM webhook_triggers WHERE webhook_id = $1";
        let (old_secret, until) = webhook.old_secret.clone().unzip();
        sql::query(SQL)
            .bind(webhook.id.to_string())
            .bind(&webhook.target)
            .bind(json_text(&webhook.triggers))
            .bind(webhook.include_full_user)
            .bind(webhook.include_full_source)
            .bind(&webhook.secret)
            .bind(old_secret)
            .bind(until.map(Timestamp::millis))
            .execute(self.writing().await?)
            .await?;
        sql::query(UNSUBSCRIBE).bind(webhook.id.to_string()).execute(self.writing().await?).await?;
        self.insert_triggers(webhook, subscriptions).await
    }

    async fn insert_triggers(&mut self, webhook: &Webhook, subscriptions: &[String]) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO webhook_triggers (app_id, trigger, webhook_id) VALUES ($1, $2, $3)";
        for name in subscriptions {
            sql::query(SQL)
                .bind(webhook.app.to_string())
                .bind(name)
                .bind(webhook.id.to_string())
                .execute(self.writing().await?)
                .await?;
        }
        Ok(())
    }

    /// Removes a webhook with everything that was to be delivered to it.
    pub async fn delete_webhook(&mut self, id: WebhookId) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM webhooks WHERE id = $1";
        sql::query(SQL).bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }
}
