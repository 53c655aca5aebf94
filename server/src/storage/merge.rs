//! Two users become one.

use domain::{AppId, Timestamp, User, UserId};

use super::{Departed, StorageError, Tx, sql};

/// One text, in an order that matters: what both have is settled before the rest moves, and messages change hands while the
/// discarded user still takes part in their conversations.
const MOVE: &str = "
    UPDATE sessions SET user_id = $1, client_id = coalesce(
            (SELECT s.id FROM clients s JOIN clients d ON d.type = s.type
                WHERE d.id = sessions.client_id AND s.user_id = $1), client_id)
        WHERE user_id = $2;
    UPDATE clients SET last_seen = nullif(max(coalesce(last_seen, 0), coalesce(
            (SELECT d.last_seen FROM clients d WHERE d.user_id = $2 AND d.type = clients.type), 0)), 0)
        WHERE user_id = $1;
    DELETE FROM clients WHERE user_id = $2 AND type IN (SELECT type FROM clients WHERE user_id = $1);
    UPDATE clients SET user_id = $1 WHERE user_id = $2;
    UPDATE messages SET user_id = $1
        WHERE user_id = $2 AND conversation_id IN (SELECT conversation_id FROM participants WHERE user_id = $2);
    UPDATE deleted_messages SET user_id = $1
        WHERE user_id = $2 AND conversation_id IN (SELECT conversation_id FROM participants WHERE user_id = $2);
    UPDATE log SET user_id = $1
        WHERE user_id = $2 AND conversation_id IN (SELECT conversation_id FROM participants WHERE user_id = $2);
    UPDATE participants AS s SET
            last_read = nullif(max(coalesce(s.last_read, 0), coalesce(d.last_read, 0)), 0),
            is_subscribed = s.is_subscribed OR d.is_subscribed,
            unread_count = min(s.unread_count, d.unread_count,
                (SELECT count(*) FROM messages m WHERE m.conversation_id = s.conversation_id
                    AND m.received > max(coalesce(s.last_read, 0), coalesce(d.last_read, 0))
                    AND m.user_id IS DISTINCT FROM $1))
        FROM participants d WHERE s.user_id = $1 AND d.user_id = $2 AND d.conversation_id = s.conversation_id;
    DELETE FROM participants
        WHERE user_id = $2 AND conversation_id IN (SELECT conversation_id FROM participants WHERE user_id = $1);
    UPDATE participants SET user_id = $1 WHERE user_id = $2;
    UPDATE conversations SET default_of =
            CASE WHEN EXISTS (SELECT 1 FROM conversations o WHERE o.default_of = $1) THEN NULL ELSE $1 END
        WHERE default_of = $2;
    UPDATE attachments SET user_id = $1 WHERE user_id = $2;
    DELETE FROM bans WHERE user_id = $2 AND EXISTS (SELECT 1 FROM bans b WHERE b.user_id = $1);
    UPDATE bans SET user_id = $1 WHERE user_id = $2;
    DELETE FROM users WHERE id = $2 AND app_id = $3";

impl Tx {
    /// Gives all that `discarded` has to `surviving`, who is stored as given: clients, devices, conversations, memberships, files
    /// and the authorship of messages. Two clients of a type become one, and so do two memberships in a group.
    ///
    /// Messages in groups that the discarded user had left keep their author.
    pub async fn merge_users(
        &mut self,
        app: AppId,
        surviving: &User,
        discarded: UserId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        sql::query(MOVE)
            .bind(surviving.id.to_string())
            .bind(discarded.to_string())
            .bind(app.to_string())
            .execute(self.writing().await?)
            .await?;
        // Only now may the survivor take the external id over.
        self.update_user(app, surviving).await?;
        self.insert_departed(app, discarded, Departed::MergedInto(surviving.id), at).await
    }
}
