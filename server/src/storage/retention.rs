//! Conversations whose messages are deleted when nothing happens in them for long.

use domain::{AppId, ConversationId, Timestamp};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

impl Reader {
    /// The apps that keep messages for a while only, and for how many seconds after the last one.
    pub async fn retentions(&mut self) -> Result<Vec<(AppId, u64)>, StorageError> {
        const SQL: &str = "SELECT id, json_extract(settings, '$.conversationRetentionSeconds') FROM apps
            WHERE json_extract(settings, '$.conversationRetentionSeconds') > 0";
        let rows: Vec<(String, i64)> = sql::query_as(SQL).fetch_all(self.conn()).await?;
        let retention = |(app, seconds): (String, i64)| {
            Ok((Column("apps", "id").parse(&app)?, Column("apps", "settings").count(seconds)?))
        };
        rows.into_iter().map(retention).collect()
    }

    /// Up to `limit` conversations of `app` with messages of which none came after `until`, idle for the longest first.
    pub async fn idle_conversations(
        &mut self,
        app: AppId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ConversationId>, StorageError> {
        const SQL: &str = "SELECT id FROM conversations
            WHERE app_id = $1 AND last_updated_at <= $2 AND is_expiring AND message_count > 0
            ORDER BY last_updated_at LIMIT $3";
        let ids: Vec<String> = sql::query_scalar(SQL)
            .bind(app.to_string())
            .bind(until.millis())
            .bind(i64::from(limit))
            .fetch_all(self.conn())
            .await?;
        ids.iter().map(|id| Column("conversations", "id").parse(id)).collect()
    }
}

impl Tx {
    /// Notes whether messages of `app` are kept for a while only.
    pub async fn set_expiring(&mut self, app: AppId, expiring: bool) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations SET is_expiring = $2 WHERE app_id = $1 AND is_expiring <> $2";
        sql::query(SQL).bind(app.to_string()).bind(expiring).execute(self.writing().await?).await?;
        Ok(())
    }
}
