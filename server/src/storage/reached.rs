//! How far users were shown what the business said, where webhooks ask for it: a number of the log for each participant.
//!
//! It moves only where somebody listens. Up to where a user has read, nothing is news; when two conversations become one, their
//! log is numbered anew, and what was shown but not read by then counts as not shown.

use domain::{ConversationId, MessageId, Trigger, UserId};

use super::outbox::subscribers;
use super::row::{Column, bigint};
use super::{Reader, StorageError, Subscribers, Tx, sql};

/// Messages that are told of at once. Of what lies further back, nobody hears any more.
const TOLD_AT_ONCE: i64 = 100;

impl Reader {
    /// Whether somebody is still to hear that `user` was shown message number `seq` of `conversation`.
    pub async fn is_reach_awaited(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        seq: u64,
    ) -> Result<bool, StorageError> {
        const SQL: &str = concat!(
            "SELECT ",
            subscribers!("'conversation:message:delivery:user', 'v1:message:delivery:user'"),
            " FROM conversations c JOIN participants p ON p.conversation_id = c.id AND p.user_id = $2
            WHERE c.id = $1 AND p.reached_seq < $3"
        );
        let text: Option<Option<String>> = sql::query_scalar(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .bind(bigint(seq))
            .fetch_optional(self.conn())
            .await?;
        Ok(Subscribers::parse(text.flatten().as_deref())?.hear(Trigger::DeliveryUser))
    }
}

impl Tx {
    /// Notes that `user` was shown `conversation` up to number `seq`; gives what the business said there that was neither noted
    /// nor read before, oldest first.
    pub async fn note_reached(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        seq: u64,
    ) -> Result<Vec<MessageId>, StorageError> {
        // Writes first, so that of two who note the same one waits for the other.
        const BEFORE: &str = "UPDATE participants SET reached_seq = reached_seq
            WHERE conversation_id = $1 AND user_id = $2 RETURNING reached_seq, coalesce(last_read, 0)";
        const NEWS: &str = "SELECT id FROM messages WHERE conversation_id = $1 AND seq > $2 AND seq <= $3
            AND received >= $4 AND author_type = 'business' ORDER BY seq DESC LIMIT $5";
        const NOTE: &str = "UPDATE participants SET reached_seq = $3 WHERE conversation_id = $1 AND user_id = $2";
        let (conversation, user, seq) = (conversation.to_string(), user.to_string(), bigint(seq));
        let before: Option<(i64, i64)> =
            sql::query_as(BEFORE).bind(&conversation).bind(&user).fetch_optional(self.writing().await?).await?;
        let Some((reached, read)) = before.filter(|(reached, _)| *reached < seq) else { return Ok(Vec::new()) };
        let news: Vec<String> = sql::query_scalar(NEWS)
            .bind(&conversation)
            .bind(reached)
            .bind(seq)
            .bind(read)
            .bind(TOLD_AT_ONCE)
            .fetch_all(self.conn())
            .await?;
        sql::query(NOTE).bind(&conversation).bind(&user).bind(seq).execute(self.writing().await?).await?;
        news.iter().rev().map(|id| Column("messages", "id").parse(id)).collect()
    }
}
