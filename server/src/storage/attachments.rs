//! What is known of uploaded files; the bytes are in the object store.
//!
//! A row is there before its bytes and after them, so that no bytes are ever without one. The methods that mark rows deleted
//! belong into the transaction that deletes what the files hang on; the sweeper removes bytes and rows later.

use domain::{Access, AppId, Attachment, AttachmentKey, ConversationId, Pixels, Thumbnail, Timestamp, UserId};

use super::row::{Column, bigint};
use super::{Reader, StorageError, Tx, sql};

/// A file to be removed from the store.
#[derive(Debug, Clone)]
pub struct DoomedAttachment {
    pub key: AttachmentKey,
    pub app: AppId,
}

#[derive(sqlx::FromRow)]
struct AttachmentRow {
    key: String,
    app_id: String,
    conversation_id: Option<String>,
    user_id: Option<String>,
    access: String,
    name: String,
    media_type: String,
    size: i64,
    width: Option<i64>,
    height: Option<i64>,
    thumbnail_type: Option<String>,
    thumbnail_size: Option<i64>,
    created_at: i64,
}

const PUBLIC: &str = "public";
const PRIVATE: &str = "private";

impl TryFrom<AttachmentRow> for Attachment {
    type Error = StorageError;
    fn try_from(row: AttachmentRow) -> Result<Self, StorageError> {
        let conversation = row.conversation_id.as_deref();
        let user = row.user_id.as_deref();
        Ok(Self {
            key: Column("attachments", "key").parse(&row.key)?,
            app: Column("attachments", "app_id").parse(&row.app_id)?,
            conversation: conversation.map(|id| Column("attachments", "conversation_id").parse(id)).transpose()?,
            user: user.map(|id| Column("attachments", "user_id").parse(id)).transpose()?,
            access: if row.access == PUBLIC { Access::Public } else { Access::Private },
            name: row.name,
            media_type: row.media_type,
            size: Column("attachments", "size").count(row.size)?,
            pixels: match (row.width, row.height) {
                (Some(width), Some(height)) => Some(Pixels {
                    width: Column("attachments", "width").count(width)?,
                    height: Column("attachments", "height").count(height)?,
                }),
                _ => None,
            },
            thumbnail: match (row.thumbnail_type, row.thumbnail_size) {
                (Some(media_type), Some(size)) => {
                    Some(Thumbnail { media_type, size: Column("attachments", "thumbnail_size").count(size)? })
                }
                _ => None,
            },
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct DoomedRow {
    key: String,
    app_id: String,
}

impl TryFrom<DoomedRow> for DoomedAttachment {
    type Error = StorageError;
    fn try_from(row: DoomedRow) -> Result<Self, StorageError> {
        Ok(Self {
            key: Column("attachments", "key").parse(&row.key)?,
            app: Column("attachments", "app_id").parse(&row.app_id)?,
        })
    }
}

impl Reader {
    /// The stored file with this key, whatever its app: it is what an address names. `None` once it is marked deleted.
    pub async fn attachment(&mut self, key: &AttachmentKey) -> Result<Option<Attachment>, StorageError> {
        const SQL: &str = "SELECT key, app_id, conversation_id, user_id, access, name, media_type, size, width, height,
                thumbnail_type, thumbnail_size, created_at
            FROM attachments WHERE key = $1 AND stored_at IS NOT NULL AND deleted_at IS NULL";
        let row: Option<AttachmentRow> = sql::query_as(SQL).bind(key.as_str()).fetch_optional(self.conn()).await?;
        row.map(Attachment::try_from).transpose()
    }

    /// Stored files of a conversation, in no particular order.
    pub async fn attachments_of_conversation(
        &mut self,
        app: AppId,
        conversation: ConversationId,
    ) -> Result<Vec<Attachment>, StorageError> {
        const SQL: &str = "SELECT key, app_id, conversation_id, user_id, access, name, media_type, size, width, height,
                thumbnail_type, thumbnail_size, created_at
            FROM attachments WHERE conversation_id = $1 AND app_id = $2 AND stored_at IS NOT NULL AND deleted_at IS NULL";
        let query = sql::query_as(SQL).bind(conversation.to_string()).bind(app.to_string());
        let rows: Vec<AttachmentRow> = query.fetch_all(self.conn()).await?;
        rows.into_iter().map(Attachment::try_from).collect()
    }

    /// Stored files of a user, in no particular order.
    pub async fn attachments_of_user(&mut self, app: AppId, user: UserId) -> Result<Vec<Attachment>, StorageError> {
        const SQL: &str = "SELECT key, app_id, conversation_id, user_id, access, name, media_type, size, width, height,
                thumbnail_type, thumbnail_size, created_at
            FROM attachments WHERE user_id = $1 AND app_id = $2 AND stored_at IS NOT NULL AND deleted_at IS NULL";
        let query = sql::query_as(SQL).bind(user.to_string()).bind(app.to_string());
        let rows: Vec<AttachmentRow> = query.fetch_all(self.conn()).await?;
        rows.into_iter().map(Attachment::try_from).collect()
    }

    /// Files whose bytes are to go, by key from after `after`: those marked deleted, and those whose upload began before
    /// `stale` and never ended. One that is still on its way into the store is left until then, lest its bytes come after.
    pub async fn doomed_attachments(
        &mut self,
        stale: Timestamp,
        after: Option<&AttachmentKey>,
        limit: u32,
    ) -> Result<Vec<DoomedAttachment>, StorageError> {
        const SQL: &str = "SELECT key, app_id FROM attachments
            WHERE (deleted_at IS NOT NULL OR stored_at IS NULL) AND (stored_at IS NOT NULL OR created_at < $1) AND key > $2
            ORDER BY key LIMIT $3";
        let query = sql::query_as(SQL)
            .bind(stale.millis())
            .bind(after.map_or("", AttachmentKey::as_str))
            .bind(i64::from(limit));
        let rows: Vec<DoomedRow> = query.fetch_all(self.conn()).await?;
        rows.into_iter().map(DoomedAttachment::try_from).collect()
    }
}

impl Tx {
    /// Notes a file whose bytes are about to go into the store.
    pub async fn insert_attachment(&mut self, attachment: &Attachment) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO attachments (key, app_id, conversation_id, user_id, access, name, media_type, size,
                width, height, thumbnail_type, thumbnail_size, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let access = match attachment.access {
            Access::Public => PUBLIC,
            Access::Private => PRIVATE,
        };
        let thumbnail = attachment.thumbnail.as_ref();
        sql::query(SQL)
            .bind(attachment.key.as_str())
            .bind(attachment.app.to_string())
            .bind(attachment.conversation.map(|id| id.to_string()))
            .bind(attachment.user.map(|id| id.to_string()))
            .bind(access)
            .bind(&attachment.name)
            .bind(&attachment.media_type)
            .bind(bigint(attachment.size))
            .bind(attachment.pixels.map(|pixels| i64::from(pixels.width)))
            .bind(attachment.pixels.map(|pixels| i64::from(pixels.height)))
            .bind(thumbnail.map(|thumbnail| thumbnail.media_type.as_str()))
            .bind(thumbnail.map(|thumbnail| bigint(thumbnail.size)))
            .bind(attachment.created_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Notes that the store has taken all bytes it ever will. `false` when the file was deleted meanwhile.
    pub async fn attachment_stored(&mut self, key: &AttachmentKey, at: Timestamp) -> Result<bool, StorageError> {
        const SQL: &str = "UPDATE attachments SET stored_at = $2 WHERE key = $1 RETURNING deleted_at IS NULL";
        let query = sql::query_scalar(SQL).bind(key.as_str()).bind(at.millis());
        Ok(query.fetch_optional(self.writing().await?).await?.unwrap_or(false))
    }

    /// Notes that the store refused the bytes: what it holds of them goes.
    pub async fn attachment_refused(&mut self, key: &AttachmentKey, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE attachments SET stored_at = $2, deleted_at = $2 WHERE key = $1";
        sql::query(SQL).bind(key.as_str()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Has a file be deleted with `conversation` and `user` from now on.
    pub async fn tie_attachment(
        &mut self,
        key: &AttachmentKey,
        conversation: ConversationId,
        user: Option<UserId>,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE attachments SET conversation_id = $2, user_id = $3 WHERE key = $1";
        let query = sql::query(SQL).bind(key.as_str()).bind(conversation.to_string());
        query.bind(user.map(|user| user.to_string())).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Marks one stored file deleted; `false` when the app has none with this key.
    pub async fn delete_attachment(
        &mut self,
        app: AppId,
        key: &AttachmentKey,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        const SQL: &str = "UPDATE attachments SET deleted_at = $3
            WHERE key = $1 AND app_id = $2 AND stored_at IS NOT NULL AND deleted_at IS NULL";
        let query = sql::query(SQL).bind(key.as_str()).bind(app.to_string()).bind(at.millis());
        Ok(query.execute(self.writing().await?).await?.rows_affected() > 0)
    }

    /// Marks all files of a conversation deleted, those still on their way too.
    pub async fn delete_attachments_of_conversation(
        &mut self,
        app: AppId,
        conversation: ConversationId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE attachments SET deleted_at = $3
            WHERE conversation_id = $1 AND app_id = $2 AND deleted_at IS NULL";
        let query = sql::query(SQL).bind(conversation.to_string()).bind(app.to_string()).bind(at.millis());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Marks all files of a user deleted, those still on their way too.
    pub async fn delete_attachments_of_user(
        &mut self,
        app: AppId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE attachments SET deleted_at = $3
            WHERE user_id = $1 AND app_id = $2 AND deleted_at IS NULL";
        let query = sql::query(SQL).bind(user.to_string()).bind(app.to_string()).bind(at.millis());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Marks all files of an app deleted, those still on their way too.
    pub async fn delete_attachments_of_app(&mut self, app: AppId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE attachments SET deleted_at = $2 WHERE app_id = $1 AND deleted_at IS NULL";
        sql::query(SQL).bind(app.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Forgets a file whose bytes are gone.
    pub async fn forget_attachment(&mut self, key: &AttachmentKey) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM attachments WHERE key = $1";
        sql::query(SQL).bind(key.as_str()).execute(self.writing().await?).await?;
        Ok(())
    }
}
