//! Two conversations become one.

use domain::ConversationId;

use super::row::bigint;
use super::{StorageError, Tx, sql};

/// What decides how two conversations are joined.
#[derive(sqlx::FromRow)]
struct Both {
    surviving_seq: i64,
    discarded_seq: i64,
    messages: i64,
    is_personal: bool,
    /// Whether all of the discarded one came after all of the surviving one.
    follows: bool,
}

const BOTH: &str =
    "SELECT s.seq AS surviving_seq, d.seq AS discarded_seq, s.message_count + d.message_count AS messages,
        s.type = 'personal' AND d.type = 'personal' AS is_personal,
        coalesce((SELECT at FROM log WHERE conversation_id = s.id ORDER BY seq DESC LIMIT 1), 0)
            <= coalesce((SELECT at FROM log WHERE conversation_id = d.id ORDER BY seq LIMIT 1), 0) AS follows
    FROM conversations s, conversations d WHERE s.id = $1 AND d.id = $2";

/// What of the discarded conversation ($2) the surviving one ($1) has as well goes, before the rest moves.
///
/// An entry that says that all was deleted speaks of one conversation only: it comes to speak of a message deleted with it.
const SETTLE: &str = "
    UPDATE messages SET sent_as = NULL WHERE conversation_id = $2 AND sent_as IN (
        SELECT sent_as FROM messages WHERE conversation_id = $1 AND sent_as IS NOT NULL
        UNION ALL SELECT sent_as FROM deleted_messages WHERE conversation_id = $1 AND sent_as IS NOT NULL);
    UPDATE deleted_messages SET sent_as = NULL WHERE conversation_id = $2 AND sent_as IN (
        SELECT sent_as FROM messages WHERE conversation_id = $1 AND sent_as IS NOT NULL
        UNION ALL SELECT sent_as FROM deleted_messages WHERE conversation_id = $1 AND sent_as IS NOT NULL);
    UPDATE log SET message_id = (SELECT d.id FROM deleted_messages d
            WHERE d.conversation_id = log.conversation_id AND d.seq < log.seq ORDER BY d.seq DESC LIMIT 1)
        WHERE conversation_id IN ($1, $2) AND kind = 'delete' AND message_id IS NULL";

/// Numbers what is in $2 and $3 by time, from behind $4 on, and puts it into $1. The log comes last: the others ask it.
macro_rules! renumber {
    ($table:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET conversation_id = $1, seq = n.next
            FROM (SELECT conversation_id, seq, $4 + row_number() OVER (ORDER BY at, conversation_id, seq) AS next
                FROM log WHERE conversation_id IN ($2, $3)) n
            WHERE ",
            $table,
            ".conversation_id = n.conversation_id AND ",
            $table,
            ".seq = n.seq"
        )
    };
}
const RENUMBER: &str = concat!(renumber!("messages"), "; ", renumber!("deleted_messages"), "; ", renumber!("log"));

/// Of the conversations themselves, and what hangs on them; $3 is where the log starts now, $4 how many messages there are.
///
/// The business has read what it had read of both: up to the earlier moment where it has not seen everything of that one.
const MOVE: &str = "
    UPDATE conversations SET business_last_read = (
            SELECT CASE WHEN min(CASE WHEN c.business_read_seq < c.seq THEN coalesce(c.business_last_read, 0) END) IS NULL
                THEN max(c.business_last_read)
                ELSE min(CASE WHEN c.business_read_seq < c.seq THEN coalesce(c.business_last_read, 0) END) END
            FROM conversations c WHERE c.id IN ($1, $2))
        WHERE id = $1;
    UPDATE conversations SET log_start = $3, message_count = $4, business_last_read = nullif(business_last_read, 0),
            seq = coalesce((SELECT max(l.seq) FROM log l WHERE l.conversation_id = $1), 0),
            business_read_seq = coalesce((SELECT max(l.seq) FROM log l
                WHERE l.conversation_id = $1 AND l.at <= conversations.business_last_read), 0),
            last_updated_at = (SELECT max(c.last_updated_at) FROM conversations c WHERE c.id IN ($1, $2))
        WHERE id = $1;
    UPDATE participants SET
            last_read = nullif(max(coalesce(last_read, 0), coalesce(
                (SELECT d.last_read FROM participants d
                    WHERE d.conversation_id = $2 AND d.user_id = participants.user_id), 0)), 0)
        WHERE conversation_id = $1;
    UPDATE participants SET
            unread_count = (SELECT count(*) FROM messages m WHERE m.conversation_id = $1
                AND m.received > coalesce(participants.last_read, 0) AND m.user_id IS DISTINCT FROM participants.user_id)
        WHERE conversation_id = $1;
    UPDATE referrals SET conversation_id = $1 WHERE conversation_id = $2
        AND code NOT IN (SELECT r.code FROM referrals r WHERE r.conversation_id = $1);
    UPDATE attachments SET conversation_id = $1 WHERE conversation_id = $2;
    DELETE FROM conversations WHERE id = $2";

impl Tx {
    /// Puts all that is in `discarded` into `surviving`, in the order of time, and removes it; both are conversations of one user.
    /// Whoever listens to them must be cut off: what comes in between gets new numbers for everything, and listeners reload.
    ///
    /// Nothing is done, and false given, where there are more than `limit` messages in them, or where they are not
    /// personal.
    pub async fn join_conversations(
        &mut self,
        surviving: ConversationId,
        discarded: ConversationId,
        limit: u64,
    ) -> Result<bool, StorageError> {
        let (surviving, discarded) = (surviving.to_string(), discarded.to_string());
        let both: Option<Both> =
            sql::query_as(BOTH).bind(&surviving).bind(&discarded).fetch_optional(self.conn()).await?;
        let Some(both) = both else { return Ok(false) };
        if !both.is_personal || both.messages > bigint(limit) {
            return Ok(false);
        }
        sql::query(SETTLE).bind(&surviving).bind(&discarded).execute(self.writing().await?).await?;
        // What only follows keeps all numbers as they are, and whoever listens hears of what is new.
        let (first, behind, start) = if both.follows {
            let start = self.log_start(&surviving).await?;
            (&discarded, both.surviving_seq, start)
        } else {
            let behind = both.surviving_seq.max(both.discarded_seq);
            (&surviving, behind, behind)
        };
        let connection = self.writing().await?;
        sql::query(RENUMBER).bind(&surviving).bind(&discarded).bind(first).bind(behind).execute(connection).await?;
        sql::query(MOVE)
            .bind(&surviving)
            .bind(&discarded)
            .bind(start)
            .bind(both.messages)
            .execute(self.writing().await?)
            .await?;
        Ok(true)
    }

    async fn log_start(&mut self, conversation: &str) -> Result<i64, StorageError> {
        let sql = "SELECT log_start FROM conversations WHERE id = $1";
        Ok(sql::query_scalar(sql).bind(conversation).fetch_one(self.conn()).await?)
    }
}
