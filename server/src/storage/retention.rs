//! Messages that are kept for a while only: those of conversations where nothing happens for long, and those of chat pages.

use domain::{AppId, ConversationId, IntegrationId, Timestamp};

use super::row::{Column, bigint};
use super::{Reader, StorageError, Tx, sql};

/// A chat page whose messages are kept for a while only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRetention {
    pub integration: IntegrationId,
    pub app: AppId,
    pub days: u64,
}

/// Conversations in the order of their ids, as far as was looked.
#[derive(Debug, Default)]
pub struct OldConversations {
    /// Those with messages to be forgotten.
    pub found: Vec<ConversationId>,
    /// Where to look on; `None` at the end.
    pub next: Option<ConversationId>,
}

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

    /// The chat pages that keep messages for a while only.
    pub async fn page_retentions(&mut self) -> Result<Vec<PageRetention>, StorageError> {
        const SQL: &str = "SELECT id, app_id, json_extract(settings, '$.retentionDays') FROM integrations
            WHERE type = 'web' AND json_extract(settings, '$.retentionDays') > 0";
        let rows: Vec<(String, String, i64)> = sql::query_as(SQL).fetch_all(self.conn()).await?;
        let column = |name| Column("integrations", name);
        let retention = |(id, app, days): (String, String, i64)| {
            Ok(PageRetention {
                integration: column("id").parse(&id)?,
                app: column("app_id").parse(&app)?,
                days: column("settings").count(days)?,
            })
        };
        rows.into_iter().map(retention).collect()
    }

    /// Looks at `limit` conversations after `after` for those where somebody takes part who came by the page, and whose first
    /// message came no later than `until`.
    pub async fn old_conversations(
        &mut self,
        page: PageRetention,
        until: Timestamp,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<OldConversations, StorageError> {
        const SQL: &str = "SELECT c.id, coalesce((SELECT m.received FROM messages m WHERE m.conversation_id = c.id
                    ORDER BY m.seq LIMIT 1) <= $4, FALSE)
                AND EXISTS (SELECT 1 FROM participants p JOIN sessions s ON s.user_id = p.user_id
                    WHERE p.conversation_id = c.id AND s.integration_id = $1)
            FROM (SELECT id FROM conversations WHERE app_id = $2 AND id > $3 AND created_at <= $4
                ORDER BY id LIMIT $5) c ORDER BY c.id";
        let rows: Vec<(String, bool)> = sql::query_as(SQL)
            .bind(page.integration.to_string())
            .bind(page.app.to_string())
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(until.millis())
            .bind(i64::from(limit))
            .fetch_all(self.conn())
            .await?;
        let id = |text: &str| Column("conversations", "id").parse(text);
        let next = rows.last().filter(|_| rows.len() == limit as usize).map(|(last, _)| id(last)).transpose()?;
        let found = rows.iter().filter(|(_, is_old)| *is_old).map(|(found, _)| id(found)).collect::<Result<_, _>>()?;
        Ok(OldConversations { found, next })
    }
}

impl Tx {
    /// Forgets up to `limit` messages of conversation `id` that came no later than `until`, oldest first, and all that kept events
    /// say of them but ids. With the last of them go the files from then that no later message shows. Gives whether there are
    /// more.
    ///
    /// Their places in the log stay, so that no number means something else later; who is listening is not told.
    pub async fn forget_messages(
        &mut self,
        id: ConversationId,
        until: Timestamp,
        limit: u32,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        const OLD: &str =
            "SELECT seq FROM messages WHERE conversation_id = $1 AND received <= $2 ORDER BY seq LIMIT $3";
        const FORGET: &str = "UPDATE deleted_messages SET author = '{}' WHERE conversation_id = $1 AND seq <= $2
                AND author <> '{}';
            INSERT INTO deleted_messages
                (conversation_id, seq, id, received, author_type, user_id, author, source, sent_as)
                SELECT conversation_id, seq, id, received, author_type, user_id, '{}', source, sent_as
                FROM messages WHERE conversation_id = $1 AND seq <= $2;
            DELETE FROM messages WHERE conversation_id = $1 AND seq <= $2;
            UPDATE conversations SET message_count = message_count - $3 WHERE id = $1;
            UPDATE participants SET unread_count = (SELECT count(*) FROM messages m
                    WHERE m.conversation_id = $1 AND m.user_id IS DISTINCT FROM participants.user_id)
                WHERE conversation_id = $1 AND unread_count > (SELECT count(*) FROM messages m
                    WHERE m.conversation_id = $1 AND m.user_id IS DISTINCT FROM participants.user_id)";
        const FILES: &str = "UPDATE attachments SET deleted_at = $3
            WHERE conversation_id = $1 AND created_at <= $2 AND deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM messages m
                    WHERE m.conversation_id = $1 AND m.content LIKE '%' || attachments.key || '%')";
        let conversation = id.to_string();
        let mut old: Vec<i64> = sql::query_scalar(OLD)
            .bind(&conversation)
            .bind(until.millis())
            .bind(i64::from(limit) + 1)
            .fetch_all(self.conn())
            .await?;
        let has_more = old.len() > limit as usize;
        old.truncate(limit as usize);
        if let (Some(first), Some(last)) = (old.first(), old.last()) {
            let count = bigint(old.len() as u64);
            let forget = sql::query(FORGET).bind(&conversation).bind(*last).bind(count);
            forget.execute(self.writing().await?).await?;
            self.scrub_webhook_events_between(id, *first, *last).await?;
        }
        if !has_more {
            let files = sql::query(FILES).bind(&conversation).bind(until.millis()).bind(now.millis());
            files.execute(self.writing().await?).await?;
        }
        Ok(has_more)
    }

    /// Notes whether messages of `app` are kept for a while only.
    pub async fn set_expiring(&mut self, app: AppId, expiring: bool) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations SET is_expiring = $2 WHERE app_id = $1 AND is_expiring <> $2";
        sql::query(SQL).bind(app.to_string()).bind(expiring).execute(self.writing().await?).await?;
        Ok(())
    }
}
