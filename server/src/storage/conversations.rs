//! Conversations.

use domain::{
    AppId, Conversation, ConversationId, ConversationType, Cursor, Metadata, NewConversation, Page, PageRequest,
    Timestamp, UserId,
};

use super::page::{AFTER_ALL, page_of};
use super::row::{Column, bigint, json_text};
use super::{Reader, StorageError, Tx, sql};

/// Who answers conversation `c`, and who was asked to.
macro_rules! seats {
    () => {
        concat!(
            $crate::storage::road::seat!("c.active_switchboard_integration_id"),
            " AS active, ",
            $crate::storage::road::seat!("c.pending_switchboard_integration_id"),
            " AS pending"
        )
    };
}

#[derive(sqlx::FromRow)]
pub(super) struct ConversationRow {
    id: String,
    r#type: String,
    is_default: bool,
    display_name: Option<String>,
    description: Option<String>,
    icon_url: Option<String>,
    metadata: Option<String>,
    seq: i64,
    business_last_read: Option<i64>,
    last_updated_at: i64,
    created_at: i64,
    #[sqlx(default)]
    active: Option<String>,
    #[sqlx(default)]
    pending: Option<String>,
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = StorageError;
    fn try_from(row: ConversationRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("conversations", "id").parse(&row.id)?,
            kind: kind(&row.r#type),
            metadata: row.metadata.map(|text| Column("conversations", "metadata").json(&text)).transpose()?,
            active_switchboard_integration: row
                .active
                .map(|text| Column("conversations", "active").json(&text))
                .transpose()?,
            pending_switchboard_integration: row
                .pending
                .map(|text| Column("conversations", "pending").json(&text))
                .transpose()?,
            is_default: row.is_default,
            display_name: row.display_name,
            description: row.description,
            icon_url: row.icon_url,
            business_last_read: row.business_last_read.map(Timestamp::from_millis),
            last_updated_at: Timestamp::from_millis(row.last_updated_at),
            created_at: Timestamp::from_millis(row.created_at),
            seq: Column("conversations", "seq").count(row.seq)?,
        })
    }
}

const PERSONAL: &str = "personal";
const SDK_GROUP: &str = "sdkGroup";

/// The type that a column holds.
pub(super) fn kind(text: &str) -> ConversationType {
    if text == SDK_GROUP { ConversationType::SdkGroup } else { ConversationType::Personal }
}

impl Reader {
    pub async fn conversation(&mut self, app: AppId, id: ConversationId) -> Result<Option<Conversation>, StorageError> {
        const SQL: &str = concat!(
            "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description, c.icon_url,
                c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at, ",
            seats!(),
            " FROM conversations c WHERE c.id = $1 AND c.app_id = $2"
        );
        let row: Option<ConversationRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
        row.map(Conversation::try_from).transpose()
    }

    /// Conversations of `user`, newest first.
    ///
    /// `None` when the cursor names no conversation of this user.
    pub async fn conversations_of(
        &mut self,
        app: AppId,
        user: UserId,
        page: PageRequest<ConversationId>,
    ) -> Result<Option<Page<Conversation>>, StorageError> {
        // Ids sort by age, so they are both the order and the key of a page.
        const OLDER: &str = concat!(
            "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description,
                c.icon_url, c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at, ",
            seats!(),
            " FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.app_id = $2 AND p.conversation_id < $3
            ORDER BY p.conversation_id DESC LIMIT $4"
        );
        const NEWER: &str = concat!(
            "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description,
                c.icon_url, c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at, ",
            seats!(),
            " FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.app_id = $2 AND p.conversation_id > $3
            ORDER BY p.conversation_id LIMIT $4"
        );
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.unread_count_of(id, user).await?.is_none()
        {
            return Ok(None);
        }
        let (sql, from) = match page.cursor {
            Cursor::Start => (OLDER, AFTER_ALL.to_owned()),
            Cursor::After(id) => (OLDER, id.to_string()),
            Cursor::Before(id) => (NEWER, id.to_string()),
        };
        let rows: Vec<ConversationRow> = sql::query_as(sql)
            .bind(user.to_string())
            .bind(app.to_string())
            .bind(from)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let items = rows.into_iter().map(Conversation::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(page_of(items, &page.cursor, page.size)))
    }

    /// The default conversation of `user`.
    pub async fn default_conversation_of(&mut self, user: UserId) -> Result<Option<ConversationId>, StorageError> {
        let sql = "SELECT id FROM conversations WHERE default_of = $1";
        let id: Option<String> = sql::query_scalar(sql).bind(user.to_string()).fetch_optional(self.conn()).await?;
        id.map(|id| Column("conversations", "id").parse(&id)).transpose()
    }

    /// The personal conversations of `user`.
    pub async fn personal_conversations_of(&mut self, user: UserId) -> Result<Vec<ConversationId>, StorageError> {
        const SQL: &str = "SELECT c.id FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.type = 'personal'";
        let ids: Vec<String> = sql::query_scalar(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        ids.iter().map(|id| Column("conversations", "id").parse(id)).collect()
    }

    /// The groups that `user` takes part in, oldest first.
    pub async fn groups_of(&mut self, user: UserId) -> Result<Vec<ConversationId>, StorageError> {
        const SQL: &str = "SELECT c.id FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.type = 'sdkGroup' ORDER BY c.id";
        let ids: Vec<String> = sql::query_scalar(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        ids.iter().map(|id| Column("conversations", "id").parse(id)).collect()
    }

    /// The oldest conversation of `user` that is younger than `before`.
    pub async fn conversation_of_after(
        &mut self,
        user: UserId,
        before: Option<ConversationId>,
    ) -> Result<Option<ConversationId>, StorageError> {
        const SQL: &str = "SELECT conversation_id FROM participants WHERE user_id = $1 AND conversation_id > $2
            ORDER BY conversation_id LIMIT 1";
        let id: Option<String> = sql::query_scalar(SQL)
            .bind(user.to_string())
            .bind(before.map(|id| id.to_string()).unwrap_or_default())
            .fetch_optional(self.conn())
            .await?;
        id.map(|id| Column("participants", "conversation_id").parse(&id)).transpose()
    }

    /// Whether `user` takes part in any conversation.
    pub async fn has_conversation(&mut self, user: UserId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM participants WHERE user_id = $1)";
        Ok(sql::query_scalar(SQL).bind(user.to_string()).fetch_one(self.conn()).await?)
    }

    /// How many messages `user` has not read in `conversation`; `None` when the user takes no part in it.
    pub async fn unread_count_of(
        &mut self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<Option<u64>, StorageError> {
        const SQL: &str = "SELECT unread_count FROM participants WHERE conversation_id = $1 AND user_id = $2";
        let count: Option<i64> = sql::query_scalar(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(self.conn())
            .await?;
        count.map(|count| Column("participants", "unread_count").count(count)).transpose()
    }
}

impl Tx {
    /// A conversation without participants, answered by whom the app's switchboard says; `default_of` is the user whose default
    /// one it is.
    /// # Errors
    /// `Conflict` when that user has a default conversation.
    pub async fn insert_conversation(
        &mut self,
        app: AppId,
        id: ConversationId,
        new: &NewConversation,
        default_of: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO conversations
                (id, app_id, type, default_of, display_name, description, icon_url, metadata, last_updated_at, created_at,
                active_switchboard_integration_id, is_expiring)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9,
                (SELECT b.default_switchboard_integration_id FROM switchboards b WHERE b.app_id = $2 AND b.enabled),
                coalesce((SELECT json_extract(a.settings, '$.conversationRetentionSeconds') > 0 FROM apps a
                    WHERE a.id = $2), FALSE))";
        sql::query(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(match new.kind {
                ConversationType::Personal => PERSONAL,
                ConversationType::SdkGroup => SDK_GROUP,
            })
            .bind(default_of.map(|user| user.to_string()))
            .bind(&new.display_name)
            .bind(&new.description)
            .bind(&new.icon_url)
            .bind(new.metadata.as_ref().map(json_text))
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Stores what the business calls `conversation`.
    pub async fn update_conversation(&mut self, app: AppId, conversation: &Conversation) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations SET display_name = $3, description = $4, icon_url = $5, metadata = $6
            WHERE id = $1 AND app_id = $2";
        sql::query(SQL)
            .bind(conversation.id.to_string())
            .bind(app.to_string())
            .bind(&conversation.display_name)
            .bind(&conversation.description)
            .bind(&conversation.icon_url)
            .bind(conversation.metadata.as_ref().map(json_text))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    pub async fn set_conversation_metadata(
        &mut self,
        app: AppId,
        id: ConversationId,
        metadata: &Metadata,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations SET metadata = $3 WHERE id = $1 AND app_id = $2";
        sql::query(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(json_text(metadata))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Deletes a conversation, with its participants, messages, log and files.
    pub async fn delete_conversation(
        &mut self,
        app: AppId,
        id: ConversationId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM conversations WHERE id = $1 AND app_id = $2";
        self.delete_attachments_of_conversation(app, id, at).await?;
        sql::query(SQL).bind(id.to_string()).bind(app.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// The business looked again, at nothing new.
    pub async fn touch_business_read(&mut self, id: ConversationId, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE conversations SET business_last_read = max(coalesce(business_last_read, 0), $2)
            WHERE id = $1";
        sql::query(SQL).bind(id.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// `user` looked again, at nothing new.
    pub async fn touch_read(
        &mut self,
        conversation: ConversationId,
        user: UserId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE participants SET last_read = $3 WHERE conversation_id = $1 AND user_id = $2";
        sql::query(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Records that `reader` (`None`: the business) has read everything, as entry `seq` of the log.
    pub async fn append_read(
        &mut self,
        conversation: ConversationId,
        seq: u64,
        reader: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const LOG: &str = "INSERT INTO log (conversation_id, seq, kind, at, user_id) VALUES ($1, $2, 'read', $3, $4)";
        const BY_BUSINESS: &str =
            "UPDATE conversations SET seq = $2, business_last_read = $3, business_read_seq = $2 WHERE id = $1";
        const BY_USER: &str = "UPDATE conversations SET seq = $2 WHERE id = $1;
            UPDATE participants SET unread_count = 0, last_read = $3 WHERE conversation_id = $1 AND user_id = $4";
        let (conversation, seq) = (conversation.to_string(), bigint(seq));
        let reader = reader.map(|user| user.to_string());
        let update = if reader.is_some() { BY_USER } else { BY_BUSINESS };
        for sql in [LOG, update] {
            sql::query(sql)
                .bind(&conversation)
                .bind(seq)
                .bind(at.millis())
                .bind(&reader)
                .execute(self.writing().await?)
                .await?;
        }
        Ok(())
    }
}
