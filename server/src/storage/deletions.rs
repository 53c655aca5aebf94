//! Messages that are deleted: their words go, their place in the log stays.

use domain::{ConversationId, Message, Timestamp};

use super::row::bigint;
use super::{StorageError, Tx, sql};

/// The columns that a deleted message keeps.
macro_rules! kept {
    () => {
        "conversation_id, seq, id, received, author_type, user_id, author, source, sent_as"
    };
}

impl Tx {
    /// Deletes `message`, as entry `seq` of the log: the conversation has one message less, and so have those who had not
    /// read it.
    pub async fn delete_message(
        &mut self,
        conversation: ConversationId,
        message: &Message,
        seq: u64,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        // Unread are the newest messages of the others, as many as a participant has unread. So this is one of them where
        // there are fewer newer ones.
        const SQL: &str = concat!(
            "INSERT INTO deleted_messages (",
            kept!(),
            ") SELECT ",
            kept!(),
            " FROM messages WHERE conversation_id = $1 AND seq = $2;
            UPDATE participants SET unread_count = unread_count - 1
                WHERE conversation_id = $1 AND user_id IS DISTINCT FROM $6 AND unread_count >
                    (SELECT count(*) FROM messages m WHERE m.conversation_id = $1 AND m.seq > $2
                        AND m.user_id IS DISTINCT FROM participants.user_id);
            DELETE FROM messages WHERE conversation_id = $1 AND seq = $2;
            INSERT INTO log (conversation_id, seq, kind, at, message_id) VALUES ($1, $4, 'delete', $5, $3);
            UPDATE conversations SET seq = $4, message_count = message_count - 1 WHERE id = $1"
        );
        sql::query(SQL)
            .bind(conversation.to_string())
            .bind(bigint(message.seq))
            .bind(message.id.to_string())
            .bind(bigint(seq))
            .bind(at.millis())
            .bind(message.author.user_id.map(|user| user.to_string()))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Deletes all messages, as entry `seq` of the log.
    pub async fn delete_messages(
        &mut self,
        conversation: ConversationId,
        seq: u64,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = concat!(
            "INSERT INTO deleted_messages (",
            kept!(),
            ") SELECT ",
            kept!(),
            " FROM messages WHERE conversation_id = $1;
            DELETE FROM messages WHERE conversation_id = $1;
            UPDATE participants SET unread_count = 0 WHERE conversation_id = $1;
            INSERT INTO log (conversation_id, seq, kind, at) VALUES ($1, $2, 'delete', $3);
            UPDATE conversations SET seq = $2, message_count = 0 WHERE id = $1"
        );
        sql::query(SQL)
            .bind(conversation.to_string())
            .bind(bigint(seq))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }
}
