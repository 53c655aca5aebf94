//! Messages: appended with their number, read by page.

use domain::webhook::LegacyTrigger;
use domain::{
    AppId, Author, AuthorType, ClientMessageId, Content, ConversationId, Cursor, Message, MessageId, Page, PageRequest,
    Timestamp, Trigger, WebhookEvent,
};
use serde::{Deserialize, Serialize};

use super::outbox::queue;
use super::row::{Column, bigint, json_text};
use super::sql::Sql;
use super::{Reader, StorageError, Subscribers, Tx, sql};

#[derive(sqlx::FromRow)]
pub(super) struct MessageRow {
    seq: i64,
    id: String,
    received: i64,
    author_type: String,
    user_id: Option<String>,
    author: String,
    content: String,
    source: String,
    metadata: Option<String>,
    quoted_message: Option<String>,
    sent_as: Option<String>,
    /// Only where deleted messages are asked for, too.
    #[sqlx(default)]
    deleted: bool,
}

/// The columns of a message, as [`MessageRow`] reads them.
macro_rules! columns {
    () => {
        "seq, id, received, author_type, user_id, author, content, source, metadata, quoted_message, sent_as"
    };
}

pub(super) use columns;

/// The part of an author that is kept as it was when the message came.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Byline {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subtypes: Vec<String>,
}

/// One text, so that its four statements cost one trip to the database's thread.
macro_rules! append {
    () => {
        "INSERT INTO messages
            (conversation_id, seq, id, received, author_type, user_id, author, content, source, metadata, sent_as,
                quoted_message)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13);
        INSERT INTO log (conversation_id, seq, kind, at, user_id) VALUES ($1, $2, 'message', $4, $6);
        UPDATE conversations SET seq = $2, message_count = message_count + 1, last_updated_at = $4
            WHERE id = $1 AND app_id = $12;
        UPDATE participants SET
            unread_count = CASE WHEN user_id = $6 THEN 0 ELSE unread_count + 1 END,
            last_read = CASE WHEN user_id = $6 THEN $4 ELSE last_read END
            WHERE conversation_id = $1"
    };
}
const APPEND: &str = append!();
/// The same with the savepoint that a write otherwise opens and releases in trips of their own.
const APPEND_UNDOABLY: &str = concat!("SAVEPOINT job; ", append!(), "; RELEASE job");

/// The same with the outbox.
macro_rules! append_and_queue {
    () => {
        concat!(append!(), "; ", queue!("$12", "$14", "$1", "$15", "$16", "$17", "$1", "$18", "$3", "$19", "$20"))
    };
}
const APPEND_AND_QUEUE: &str = append_and_queue!();
const APPEND_AND_QUEUE_UNDOABLY: &str = concat!("SAVEPOINT job; ", append_and_queue!(), "; RELEASE job");

/// The same for PostgreSQL: one statement that does all or, where the number or the sender's id is taken, nothing.
macro_rules! append_whole {
    ($queue:expr) => {
        concat!(
            "WITH message AS (INSERT INTO messages
                (conversation_id, seq, id, received, author_type, user_id, author, content, source, metadata, sent_as,
                    quoted_message)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13) ON CONFLICT DO NOTHING RETURNING seq),
            entry AS (INSERT INTO log (conversation_id, seq, kind, at, user_id)
                SELECT $1, seq, 'message', $4, $6 FROM message),
            conversation AS (UPDATE conversations c
                SET seq = m.seq, message_count = c.message_count + 1, last_updated_at = $4
                FROM message m WHERE c.id = $1 AND c.app_id = $12),
            readers AS (UPDATE participants p SET
                unread_count = CASE WHEN p.user_id = $6 THEN 0 ELSE p.unread_count + 1 END,
                last_read = CASE WHEN p.user_id = $6 THEN $4 ELSE p.last_read END
                FROM message WHERE p.conversation_id = $1)",
            $queue,
            " SELECT count(*) FROM message"
        )
    };
}
const APPEND_WHOLE: &str = append_whole!("");
const APPEND_AND_QUEUE_WHOLE: &str = append_whole!(
    ", event AS (INSERT INTO webhook_events
            (app_id, at, lane, id, trigger, legacy_trigger, conversation_id, user_id, message_id, payload, webhooks)
            SELECT $12, $14, $1, $15, $16, $17, $1, $18, $3, $19, $20 FROM message)"
);

const BUSINESS: &str = "business";
const USER: &str = "user";

impl TryFrom<MessageRow> for Message {
    type Error = StorageError;
    fn try_from(row: MessageRow) -> Result<Self, StorageError> {
        let column = |name| Column("messages", name);
        let byline: Byline = column("author").json(&row.author)?;
        Ok(Self {
            id: column("id").parse(&row.id)?,
            seq: column("seq").count(row.seq)?,
            received: Timestamp::from_millis(row.received),
            author: Author {
                kind: if row.author_type == BUSINESS { AuthorType::Business } else { AuthorType::User },
                user_id: row.user_id.map(|id| column("user_id").parse(&id)).transpose()?,
                display_name: byline.display_name,
                avatar_url: byline.avatar_url,
                subtypes: byline.subtypes,
            },
            content: column("content").json(&row.content)?,
            source: column("source").json(&row.source)?,
            metadata: row.metadata.map(|text| column("metadata").json(&text)).transpose()?,
            quoted_message: row.quoted_message.map(|text| column("quoted_message").json(&text)).transpose()?,
            deleted: row.deleted,
            sent_as: row.sent_as.map(|id| column("sent_as").parse(&id)).transpose()?,
        })
    }
}

impl Reader {
    /// Up to `limit` messages numbered below `before`, oldest first, and whether there are older ones still.
    pub async fn messages_before(
        &mut self,
        conversation: ConversationId,
        before: u64,
        limit: u32,
    ) -> Result<Page<Message>, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
        );
        let (mut items, more_before) = self.page(SQL, conversation, before, limit).await?;
        items.reverse();
        Ok(Page { items, more_before, more_after: false })
    }

    /// Up to `limit` messages numbered above `after`, oldest first, and whether there are newer ones still.
    pub async fn messages_after(
        &mut self,
        conversation: ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Page<Message>, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
        );
        let (items, more_after) = self.page(SQL, conversation, after, limit).await?;
        Ok(Page { items, more_before: false, more_after })
    }

    async fn page(
        &mut self,
        sql: &'static str,
        conversation: ConversationId,
        from: u64,
        limit: u32,
    ) -> Result<(Vec<Message>, bool), StorageError> {
        let rows: Vec<MessageRow> = sql::query_as(sql)
            .bind(conversation.to_string())
            .bind(bigint(from))
            .bind(i64::from(limit) + 1)
            .fetch_all(self.conn())
            .await?;
        let limit = limit as usize;
        let more = rows.len() > limit;
        let items = rows.into_iter().take(limit).map(Message::try_from).collect::<Result<_, _>>()?;
        Ok((items, more))
    }

    /// A page of `conversation`, oldest first; without a cursor the newest page. `None`: no such cursor here.
    pub async fn messages(
        &mut self,
        conversation: ConversationId,
        page: PageRequest<MessageId>,
    ) -> Result<Option<Page<Message>>, StorageError> {
        const SEQ: &str = "SELECT seq FROM messages WHERE id = $1 AND conversation_id = $2
            UNION ALL SELECT seq FROM deleted_messages WHERE id = $1 AND conversation_id = $2";
        let (Cursor::After(id) | Cursor::Before(id)) = page.cursor else {
            return self.messages_before(conversation, u64::MAX, page.size).await.map(Some);
        };
        let seq: Option<i64> = sql::query_scalar(SEQ)
            .bind(id.to_string())
            .bind(conversation.to_string())
            .fetch_optional(self.conn())
            .await?;
        let Some(seq) = seq else { return Ok(None) };
        let seq = Column("messages", "seq").count(seq)?;
        Ok(Some(if let Cursor::After(_) = page.cursor {
            Page { more_before: true, ..self.messages_after(conversation, seq, page.size).await? }
        } else {
            Page { more_after: true, ..self.messages_before(conversation, seq, page.size).await? }
        }))
    }

    /// The message of `conversation` with this id; `None` also for a deleted one.
    pub async fn message(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<Option<Message>, StorageError> {
        const SQL: &str = concat!("SELECT ", columns!(), " FROM messages WHERE id = $1 AND conversation_id = $2");
        let row: Option<MessageRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(conversation.to_string()).fetch_optional(self.conn()).await?;
        row.map(Message::try_from).transpose()
    }

    /// The message that was sent under this client id, even if it was deleted since.
    pub async fn message_sent_as(
        &mut self,
        conversation: ConversationId,
        sent_as: &ClientMessageId,
    ) -> Result<Option<Message>, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            ", FALSE AS deleted FROM messages WHERE conversation_id = $1 AND sent_as = $2
            UNION ALL SELECT seq, id, received, author_type, user_id, author, $3, source, NULL, NULL, sent_as, TRUE
                FROM deleted_messages WHERE conversation_id = $1 AND sent_as = $2"
        );
        let row: Option<MessageRow> = sql::query_as(SQL)
            .bind(conversation.to_string())
            .bind(sent_as.as_str())
            .bind(json_text(&Content::deleted()))
            .fetch_optional(self.conn())
            .await?;
        row.map(Message::try_from).transpose()
    }
}

impl Tx {
    /// Puts `content` in the place of what the message `id` of `conversation` said.
    pub async fn replace_content(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
        content: &Content,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE messages SET content = $3 WHERE conversation_id = $1 AND id = $2";
        sql::query(SQL)
            .bind(conversation.to_string())
            .bind(id.to_string())
            .bind(json_text(content))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Puts `message` at the end of the log of `conversation`, whose newest number must be one below `message.seq`:
    /// the message, its log entry, the conversation's number and time, and everybody's unread count.
    ///
    /// Sending reads the conversation for the one who sends. Those of `subscribers` who hear of `event`, which tells of the
    /// message, are told of it.
    /// # Errors
    /// `Conflict` when the number or the client id is taken.
    pub async fn append_message(
        &mut self,
        app: AppId,
        conversation: ConversationId,
        message: &Message,
        subscribers: &Subscribers,
        event: impl FnOnce() -> WebhookEvent,
    ) -> Result<(), StorageError> {
        let legacy = Trigger::ConversationMessage.legacy(message.author.is_business());
        // Only for those who may hear of it is the event made at all.
        let queued = subscribers.of(Trigger::ConversationMessage, legacy).map(|_| event());
        let queued = queued.and_then(|event| Some((subscribers.of(event.trigger, event.legacy)?, event)));
        let author = &message.author;
        let byline = Byline {
            display_name: author.display_name.clone(),
            avatar_url: author.avatar_url.clone(),
            subtypes: author.subtypes.clone(),
        };
        let sqlite = match (self.is_undoable(), &queued) {
            (true, None) => APPEND,
            (false, None) => APPEND_UNDOABLY,
            (true, Some(_)) => APPEND_AND_QUEUE,
            (false, Some(_)) => APPEND_AND_QUEUE_UNDOABLY,
        };
        let postgres = if queued.is_some() { APPEND_AND_QUEUE_WHOLE } else { APPEND_WHOLE };
        let append = sql::query(Sql { sqlite, postgres })
            .bind(conversation.to_string())
            .bind(bigint(message.seq))
            .bind(message.id.to_string())
            .bind(message.received.millis())
            .bind(if author.is_business() { BUSINESS } else { USER })
            .bind(author.user_id.map(|user| user.to_string()))
            .bind(json_text(&byline))
            .bind(json_text(&message.content))
            .bind(json_text(&message.source))
            .bind(message.metadata.as_ref().map(json_text))
            .bind(message.sent_as.as_ref().map(ClientMessageId::as_str))
            .bind(app.to_string())
            .bind(message.quoted_message.as_ref().map(json_text));
        let Some((webhooks, event)) = queued else { return self.execute_at_once(append).await };
        let append = append
            .bind(event.stamp.at.millis())
            .bind(event.stamp.id.to_string())
            .bind(event.trigger.as_str())
            .bind(event.legacy.map(LegacyTrigger::as_str))
            .bind(event.user.map(|user| user.to_string()))
            .bind(&event.payload)
            .bind(webhooks);
        self.note_queued();
        self.execute_at_once(append).await
    }
}
