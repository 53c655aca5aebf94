//! A user's default conversation, and its messages by time.

use domain::{ActionId, AppId, ConversationId, Message, Page, Timestamp, UserId};

use super::messages::{MessageRow, columns};
use super::row::Column;
use super::{Reader, StorageError, sql};

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
            sql::query_as(SQL).bind(user.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
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
        // The ids are a handful. Joined with nothing, the conversation's id offers no key: else SQLite would read the whole conversation.
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE id >= $2 AND id <= $3 AND conversation_id || '' = $1 ORDER BY id LIMIT 1"
        );
        let ids = action.messages();
        let row: Option<MessageRow> = sql::query_as(SQL)
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
        match moment {
            Moment::Newest => self.messages_before(conversation, u64::MAX, limit).await,
            Moment::Before(at) => {
                let (edge, newest) = self.edge(conversation, at).await?;
                let page = self.messages_before(conversation, edge, limit).await?;
                Ok(Page { more_after: !page.items.is_empty() && edge <= newest, ..page })
            }
            Moment::After(at) => {
                let (edge, _) = self.edge(conversation, at.plus_millis(1)).await?;
                let page = self.messages_after(conversation, edge - 1, limit).await?;
                let older = self.messages_before(conversation, edge, 1).await?;
                Ok(Page { more_before: !page.items.is_empty() && !older.items.is_empty(), ..page })
            }
        }
    }

    /// A number that parts the messages of `conversation` that came before `at` from those that did not, and the highest number.
    ///
    /// Numbers and times grow together, so the one tree is searched by number: an index by time would cost every message.
    async fn edge(&mut self, conversation: ConversationId, at: Timestamp) -> Result<(u64, u64), StorageError> {
        const NEWEST: &str = "SELECT coalesce(max(seq), 0) FROM messages WHERE conversation_id = $1";
        const PROBE: &str = "SELECT seq, received FROM messages
            WHERE conversation_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1";
        let conversation = conversation.to_string();
        let newest: i64 = sql::query_scalar(NEWEST).bind(&conversation).fetch_one(self.conn()).await?;
        let (mut low, mut high) = (1, newest + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let probe: Option<(i64, i64)> =
                sql::query_as(PROBE).bind(&conversation).bind(middle).fetch_optional(self.conn()).await?;
            match probe {
                Some((seq, received)) if received < at.millis() => low = seq + 1,
                _ => high = middle,
            }
        }
        let count = |seq| Column("messages", "seq").count(seq);
        Ok((count(low)?, count(newest)?))
    }
}
