//! A user's conversations as their chat page lists them.

use domain::{Conversation, ConversationId, ListKey, Message, UserId};

use super::conversations::ConversationRow;
use super::row::Column;
use super::{Reader, StorageError, sql};

/// A conversation of somebody's, and what they see of it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedConversation {
    pub conversation: Conversation,
    pub unread_count: u64,
    /// `None` where nothing was said yet, or all of it was deleted.
    pub newest: Option<Message>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    conversation: ConversationRow,
    unread_count: i64,
}

impl Reader {
    /// Up to `limit` of the conversations that `user` sees, those after `after`, where something happened last first.
    pub async fn listed_conversations(
        &mut self,
        user: UserId,
        after: Option<ListKey>,
        limit: u32,
    ) -> Result<Vec<ListedConversation>, StorageError> {
        const SQL: &str = "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description,
                c.icon_url, c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at, p.unread_count
            FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND p.is_subscribed AND (c.last_updated_at, c.id) < ($2, $3)
            ORDER BY c.last_updated_at DESC, c.id DESC LIMIT $4";
        let (at, id) = after.map_or((i64::MAX, String::new()), |after| (after.at.millis(), after.id.to_string()));
        let rows: Vec<ListedRow> = sql::query_as(SQL)
            .bind(user.to_string())
            .bind(at)
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(self.conn())
            .await?;
        let mut listed = Vec::with_capacity(rows.len());
        for row in rows {
            let conversation = Conversation::try_from(row.conversation)?;
            // One look at the end of one tree each, however long the conversation is.
            let newest = self.messages_before(conversation.id, u64::MAX, 1).await?.items.pop();
            let unread_count = Column("participants", "unread_count").count(row.unread_count)?;
            listed.push(ListedConversation { conversation, unread_count, newest });
        }
        Ok(listed)
    }

    /// How many conversations `user` sees.
    pub async fn listed_count(&mut self, user: UserId) -> Result<u64, StorageError> {
        const SQL: &str = "SELECT count(*) FROM participants WHERE user_id = $1 AND is_subscribed";
        let count: i64 = sql::query_scalar(SQL).bind(user.to_string()).fetch_one(self.conn()).await?;
        Column("participants", "id").count(count)
    }

    /// Messages that `user` has not read in conversations other than `shown`.
    pub async fn unread_elsewhere(&mut self, user: UserId, shown: Option<ConversationId>) -> Result<u64, StorageError> {
        const SQL: &str = "SELECT CAST(coalesce(sum(unread_count), 0) AS BIGINT) FROM participants
            WHERE user_id = $1 AND is_subscribed AND conversation_id <> coalesce($2, '')";
        let count: i64 = sql::query_scalar(SQL)
            .bind(user.to_string())
            .bind(shown.map(|id| id.to_string()))
            .fetch_one(self.conn())
            .await?;
        Column("participants", "unread_count").count(count)
    }

    /// Whether any app has a conversation with this id.
    pub async fn is_conversation(&mut self, id: ConversationId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM conversations WHERE id = $1)";
        Ok(sql::query_scalar(SQL).bind(id.to_string()).fetch_one(self.conn()).await?)
    }
}
