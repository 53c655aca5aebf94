//! The log of a conversation, read as events.

use domain::{Activity, ActivityType, Author, AuthorType, ConversationId, Event, Message, Timestamp, UserId};
use sqlx::FromRow as _;
use sqlx::sqlite::SqliteRow;

use super::messages::MessageRow;
use super::row::{Column, bigint};
use super::{Reader, StorageError};

#[derive(sqlx::FromRow)]
struct LogRow {
    log_seq: i64,
    kind: String,
    at: i64,
    log_user_id: Option<String>,
}

impl Reader {
    /// Up to `limit` events of `conversation` numbered above `after`, in order.
    pub async fn events_after(
        &mut self,
        conversation: ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, StorageError> {
        const SQL: &str = "SELECT l.seq AS log_seq, l.kind, l.at, l.user_id AS log_user_id,
                m.seq, m.id, m.received, m.author_type, m.user_id, m.author, m.content, m.source, m.metadata, m.sent_as
            FROM log l LEFT JOIN messages m ON m.conversation_id = l.conversation_id AND m.seq = l.seq
            WHERE l.conversation_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3";
        let rows: Vec<SqliteRow> = sqlx::query(SQL)
            .bind(conversation.to_string())
            .bind(bigint(after))
            .bind(i64::from(limit))
            .fetch_all(self.conn())
            .await?;
        rows.iter().map(|row| event(conversation, row)).collect()
    }

    /// Number of the newest event of `conversation` where `user` takes part in it.
    pub async fn seq_for(&mut self, conversation: ConversationId, user: UserId) -> Result<Option<u64>, StorageError> {
        const SQL: &str = "SELECT c.seq FROM conversations c
            JOIN participants p ON p.conversation_id = c.id AND p.user_id = $2 WHERE c.id = $1";
        let seq: Option<i64> = sqlx::query_scalar(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(self.conn())
            .await?;
        seq.map(|seq| Column("conversations", "seq").count(seq)).transpose()
    }
}

fn event(conversation: ConversationId, row: &SqliteRow) -> Result<Event, StorageError> {
    let entry = LogRow::from_row(row)?;
    if entry.kind == "message" {
        return Ok(Event::message(conversation, Message::try_from(MessageRow::from_row(row)?)?));
    }
    let user = entry.log_user_id.map(|id| Column("log", "user_id").parse(&id)).transpose()?;
    let kind = if user.is_some() { AuthorType::User } else { AuthorType::Business };
    let author = Author { kind, user_id: user, display_name: None, avatar_url: None, subtypes: Vec::new() };
    Ok(Event::read(
        conversation,
        Column("log", "seq").count(entry.log_seq)?,
        Timestamp::from_millis(entry.at),
        Activity { kind: ActivityType::Read, author },
    ))
}
