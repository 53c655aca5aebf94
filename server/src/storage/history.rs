//! A user's default conversation, and its messages by time.

use domain::{ActionId, AppId, ConversationId, Message, Page, Timestamp, UserId};

use super::messages::{MessageRow, columns};
use super::row::Column;
use super::{Reader, StorageError};

/// The one conversation that the older API knows of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultConversation {
    pub id: ConversationId,
    /// By the user.
    pub unread_count: u64,
    pub business_last_read: Option<Timestamp>,
    pub user_last_read: Option<Timestamp>,
    /// Whether anything was ever said in it.
    pub is_started: bool,
}

/// Which messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The last ones.
    Newest,
    /// The last ones that came before this.
    Before(Timestamp),
    /// The first ones that came after this.
    After(Timestamp),
}

#[derive(sqlx::FromRow)]
struct DefaultRow {
    id: String,
    unread_count: i64,
    business_last_read: Option<i64>,
    last_read: Option<i64>,
    seq: i64,
}

impl Reader {
    /// The default conversation of `user`; `None` before there is one.
    pub async fn default_conversation(
        &mut self,
        app: AppId,
        user: UserId,
    ) -> Result<Option<DefaultConversation>, StorageError> {
        const SQL: &str =
            "SELECT c.id, coalesce(p.unread_count, 0) AS unread_count, c.business_last_read, p.last_read, c.seq
            FROM conversations c LEFT JOIN participants p ON p.conversation_id = c.id AND p.user_id = c.default_of
            WHERE c.default_of = $1 AND c.app_id = $2";
        let row: Option<DefaultRow> =
            sqlx::query_as(SQL).bind(user.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(|row| {
            Ok(DefaultConversation {
                id: Column("conversations", "id").parse(&row.id)?,
                unread_count: Column("participants", "unread_count").count(row.unread_count)?,
                business_last_read: row.business_last_read.map(Timestamp::from_millis),
                user_last_read: row.last_read.map(Timestamp::from_millis),
                is_started: row.seq > 0,
            })
        })
        .transpose()
    }

    /// The message of `conversation` whose actions `action` may be one of.
    pub async fn message_of_action(
        &mut self,
        conversation: ConversationId,
        action: ActionId,
    ) -> Result<Option<Message>, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE id >= $2 AND id <= $3 AND conversation_id = $1 ORDER BY id LIMIT 1"
        );
        let ids = action.messages();
        let row: Option<MessageRow> = sqlx::query_as(SQL)
            .bind(conversation.to_string())
            .bind(ids.start().to_string())
            .bind(ids.end().to_string())
            .fetch_optional(self.conn())
            .await?;
        row.map(Message::try_from).transpose()
    }

    /// Up to `limit` messages of `conversation` around `moment`, which is left out, oldest first.
    pub async fn messages_at(
        &mut self,
        conversation: ConversationId,
        moment: Moment,
        limit: u32,
    ) -> Result<Page<Message>, StorageError> {
        const OLDER: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE conversation_id = $1 AND received < $2 ORDER BY received DESC, seq DESC LIMIT $3"
        );
        const NEWER: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE conversation_id = $1 AND received > $2 ORDER BY received, seq LIMIT $3"
        );
        const IS_OLDER: &str = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = $1 AND received < $2)";
        const IS_NEWER: &str = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = $1 AND received > $2)";
        let (sql, from, is_backward) = match moment {
            Moment::Newest => return self.messages_before(conversation, u64::MAX, limit).await,
            Moment::Before(at) => (OLDER, at, true),
            Moment::After(at) => (NEWER, at, false),
        };
        let rows: Vec<MessageRow> = sqlx::query_as(sql)
            .bind(conversation.to_string())
            .bind(from.millis())
            .bind(i64::from(limit) + 1)
            .fetch_all(self.conn())
            .await?;
        let more = rows.len() > limit as usize;
        let rows = rows.into_iter().take(limit as usize);
        let mut items = rows.map(Message::try_from).collect::<Result<Vec<_>, _>>()?;
        if is_backward {
            items.reverse();
        }
        // The other side is asked for where the page ends, not at `moment`: nothing may lie between the two.
        let (question, edge) = if is_backward { (IS_NEWER, items.last()) } else { (IS_OLDER, items.first()) };
        let beyond = match edge {
            None => false,
            Some(edge) => {
                let question = sqlx::query_scalar(question).bind(conversation.to_string()).bind(edge.received.millis());
                question.fetch_one(self.conn()).await?
            }
        };
        let (more_before, more_after) = if is_backward { (more, beyond) } else { (beyond, more) };
        Ok(Page { items, more_before, more_after })
    }
}
