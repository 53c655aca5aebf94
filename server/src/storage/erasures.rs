//! What is forgotten of people in conversations that stay, some of it at a time.

use domain::{AppId, ConversationId, UserId};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

/// A person and a conversation that does not know everything of them any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    pub user: UserId,
    pub conversation: ConversationId,
    /// Whether what they said goes; else only what they were called.
    pub words: bool,
    /// Up to here in the log it is done.
    after: i64,
}

impl Reader {
    /// Something that is still to be done.
    pub async fn next_erasure(&mut self) -> Result<Option<Erasure>, StorageError> {
        const SQL: &str = "SELECT user_id, conversation_id, words, after_seq FROM erasures
            ORDER BY user_id, conversation_id LIMIT 1";
        let row: Option<(String, String, bool, i64)> = sql::query_as(SQL).fetch_optional(self.conn()).await?;
        let erasure = |(user, conversation, words, after): (String, String, bool, i64)| {
            let (user, conversation) = (
                Column("erasures", "user_id").parse(&user)?,
                Column("erasures", "conversation_id").parse(&conversation)?,
            );
            Ok(Erasure { user, conversation, words, after })
        };
        row.map(erasure).transpose()
    }
}

impl Tx {
    /// Has every conversation that `user` still takes part in forget what the user is called and, with `words`, what the user said.
    pub async fn begin_erasure(&mut self, user: UserId, words: bool) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO erasures (user_id, conversation_id, words)
            SELECT user_id, conversation_id, $2 FROM participants WHERE user_id = $1
            ON CONFLICT (user_id, conversation_id)
                DO UPDATE SET words = erasures.words OR excluded.words, after_seq = 0";
        sql::query(SQL).bind(user.to_string()).bind(words).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Does the next `entries` of the log for `erasure`, and notes how far it is; at the end, the note goes.
    pub async fn erase(&mut self, erasure: Erasure, entries: u32) -> Result<(), StorageError> {
        const NAMES: &str = "UPDATE messages SET author = '{}'
                WHERE conversation_id = $1 AND seq > $2 AND seq <= $3 AND user_id = $4 AND author <> '{}';
            UPDATE deleted_messages SET author = '{}'
                WHERE conversation_id = $1 AND seq > $2 AND seq <= $3 AND user_id = $4 AND author <> '{}'";
        const WORDS: &str = "INSERT INTO deleted_messages
                (conversation_id, seq, id, received, author_type, user_id, author, source, sent_as)
                SELECT conversation_id, seq, id, received, author_type, user_id, author, source, sent_as
                FROM messages WHERE conversation_id = $1 AND seq > $2 AND seq <= $3 AND user_id = $4;
            UPDATE conversations SET message_count = message_count - (SELECT count(*) FROM messages m
                WHERE m.conversation_id = $1 AND m.seq > $2 AND m.seq <= $3 AND m.user_id = $4) WHERE id = $1;
            DELETE FROM messages WHERE conversation_id = $1 AND seq > $2 AND seq <= $3 AND user_id = $4;
            UPDATE participants SET unread_count = (SELECT count(*) FROM messages m
                    WHERE m.conversation_id = $1 AND m.user_id IS DISTINCT FROM participants.user_id)
                WHERE conversation_id = $1 AND unread_count > (SELECT count(*) FROM messages m
                    WHERE m.conversation_id = $1 AND m.user_id IS DISTINCT FROM participants.user_id)";
        const GO_ON: &str = "UPDATE erasures SET after_seq = $3 WHERE conversation_id = $1 AND user_id = $4
                AND after_seq = $2;
            DELETE FROM erasures WHERE conversation_id = $1 AND user_id = $4
                AND after_seq >= (SELECT c.seq FROM conversations c WHERE c.id = $1)";
        let texts = if erasure.words { &[WORDS, NAMES, GO_ON][..] } else { &[NAMES, GO_ON] };
        for sql in texts.iter().copied() {
            sql::query(sql)
                .bind(erasure.conversation.to_string())
                .bind(erasure.after)
                .bind(erasure.after + i64::from(entries))
                .bind(erasure.user.to_string())
                .execute(self.writing().await?)
                .await?;
        }
        Ok(())
    }

    /// Removes the links that speak for the user whom the business calls `external_id`: they would bring the person back.
    pub async fn delete_links_for(&mut self, app: AppId, external_id: &str) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM links WHERE app_id = $1 AND external_id = $2";
        sql::query(SQL).bind(app.to_string()).bind(external_id).execute(self.writing().await?).await?;
        Ok(())
    }
}
