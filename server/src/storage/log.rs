//! The log of a conversation, read as events.

use domain::{Activity, ActivityType, Author, AuthorType, Content, ConversationId, Event, Message, Timestamp, UserId};

use super::messages::MessageRow;
use super::row::{Column, bigint, json_text};
use super::{Reader, StorageError, sql};

/// An entry, and its message where it has one.
#[derive(sqlx::FromRow)]
struct LoggedRow {
    #[sqlx(flatten)]
    entry: LogRow,
    #[sqlx(flatten)]
    message: MessageRow,
}

#[derive(sqlx::FromRow)]
struct LogRow {
    log_seq: i64,
    kind: String,
    at: i64,
    log_user_id: Option<String>,
    message_id: Option<String>,
}

/// What the log of a conversation has: every number behind `start`, up to `newest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// 0, unless the log was numbered anew when the conversation took in another one.
    pub start: u64,
    pub newest: u64,
}

impl Extent {
    /// Whether somebody who has everything up to `seq`, or nothing, can go on from there. Else only starting over helps: the log
    /// is another one by now.
    pub fn continues(self, seq: u64) -> bool {
        seq == 0 || (self.start..=self.newest).contains(&seq)
    }

    fn of(start: i64, newest: i64) -> Result<Self, StorageError> {
        let column = |name| Column("conversations", name);
        Ok(Self { start: column("log_start").count(start)?, newest: column("seq").count(newest)? })
    }
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
                l.message_id, l.seq, coalesce(m.id, d.id, '') AS id, coalesce(m.received, d.received, 0) AS received,
                coalesce(m.author_type, d.author_type, '') AS author_type, coalesce(m.user_id, d.user_id) AS user_id,
                coalesce(m.author, d.author, '') AS author, coalesce(m.content, $4) AS content,
                coalesce(m.source, d.source, '') AS source, m.metadata, m.quoted_message,
                coalesce(m.sent_as, d.sent_as) AS sent_as, d.id IS NOT NULL AS deleted
            FROM log l
            LEFT JOIN messages m ON m.conversation_id = l.conversation_id AND m.seq = l.seq
            LEFT JOIN deleted_messages d ON d.conversation_id = l.conversation_id AND d.seq = l.seq
            WHERE l.conversation_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3";
        let rows: Vec<LoggedRow> = sql::query_as(SQL)
            .bind(conversation.to_string())
            .bind(bigint(after))
            .bind(i64::from(limit))
            .bind(json_text(&Content::deleted()))
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(|row| event(conversation, row)).collect()
    }

    /// What the log of `conversation` has, where `user` takes part in it.
    pub async fn extent_for(
        &mut self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<Option<Extent>, StorageError> {
        const SQL: &str = "SELECT c.log_start, c.seq FROM conversations c
            JOIN participants p ON p.conversation_id = c.id AND p.user_id = $2 WHERE c.id = $1";
        let row: Option<(i64, i64)> = sql::query_as(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(self.conn())
            .await?;
        row.map(|(start, newest)| Extent::of(start, newest)).transpose()
    }

    /// What the logs of all conversations of `user` have.
    pub async fn extents_of(&mut self, user: UserId) -> Result<Vec<(ConversationId, Extent)>, StorageError> {
        const SQL: &str =
            "SELECT c.id, c.log_start, c.seq FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1";
        let rows: Vec<(String, i64, i64)> = sql::query_as(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        let id = Column("conversations", "id");
        rows.iter().map(|(text, start, newest)| Ok((id.parse(text)?, Extent::of(*start, *newest)?))).collect()
    }
}

fn event(conversation: ConversationId, LoggedRow { entry, message }: LoggedRow) -> Result<Event, StorageError> {
    if entry.kind == "message" {
        return Ok(Event::message(conversation, Message::try_from(message)?));
    }
    let (seq, at) = (Column("log", "seq").count(entry.log_seq)?, Timestamp::from_millis(entry.at));
    if entry.kind == "delete" {
        let deleted = entry.message_id.map(|id| Column("log", "message_id").parse(&id)).transpose()?;
        return Ok(Event::message_remove(conversation, seq, at, deleted));
    }
    let user = entry.log_user_id.map(|id| Column("log", "user_id").parse(&id)).transpose()?;
    let kind = if user.is_some() { AuthorType::User } else { AuthorType::Business };
    let author = Author { kind, user_id: user, display_name: None, avatar_url: None, subtypes: Vec::new() };
    Ok(Event::read(conversation, seq, at, Activity { kind: ActivityType::Read, author }))
}
