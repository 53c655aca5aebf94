//! Conversations and who takes part in them.

use domain::{
    AppId, ClientMessageId, Conversation, ConversationId, ConversationType, Cursor, Page, PageRequest, ParticipantId,
    Timestamp, UserId,
};

use super::row::{Column, bigint};
use super::{Reader, StorageError, Tx};

/// What a message needs to know of a conversation before it may be appended.
#[derive(Debug, Clone)]
pub struct Road {
    /// Number of the newest entry in the log, 0 before the first.
    pub seq: u64,
    pub message_count: u64,
    pub last_updated_at: Timestamp,
    /// The users who take part: who hears of it.
    pub listeners: Vec<UserId>,
    /// Whether a message with this client id is there already.
    pub is_sent: bool,
}

/// A user's membership to be.
pub struct NewParticipant {
    pub id: ParticipantId,
    pub conversation: ConversationId,
    pub user: UserId,
}

#[derive(sqlx::FromRow)]
struct ConversationRow {
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
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = StorageError;
    fn try_from(row: ConversationRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("conversations", "id").parse(&row.id)?,
            kind: if row.r#type == SDK_GROUP { ConversationType::SdkGroup } else { ConversationType::Personal },
            metadata: row.metadata.map(|text| Column("conversations", "metadata").json(&text)).transpose()?,
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

fn listeners(text: Option<&str>) -> Result<Vec<UserId>, StorageError> {
    let ids = text.unwrap_or_default().split(',').filter(|id| !id.is_empty());
    ids.map(|id| Column("participants", "user_id").parse(id)).collect()
}

impl Reader {
    pub async fn conversation(&mut self, app: AppId, id: ConversationId) -> Result<Option<Conversation>, StorageError> {
        const SQL: &str = "SELECT id, type, default_of IS NOT NULL AS is_default, display_name, description, icon_url,
                metadata, seq, business_last_read, last_updated_at, created_at
            FROM conversations WHERE id = $1 AND app_id = $2";
        let row: Option<ConversationRow> =
            sqlx::query_as(SQL).bind(id.to_string()).bind(app.to_string()).fetch_optional(self.conn()).await?;
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
        const OLDER: &str =
            "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description,
                c.icon_url, c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at
            FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.app_id = $2 AND p.conversation_id < $3
            ORDER BY p.conversation_id DESC LIMIT $4";
        const NEWER: &str =
            "SELECT c.id, c.type, c.default_of IS NOT NULL AS is_default, c.display_name, c.description,
                c.icon_url, c.metadata, c.seq, c.business_last_read, c.last_updated_at, c.created_at
            FROM participants p JOIN conversations c ON c.id = p.conversation_id
            WHERE p.user_id = $1 AND c.app_id = $2 AND p.conversation_id > $3
            ORDER BY p.conversation_id LIMIT $4";
        // Sorts after every id.
        const AFTER_ALL: &str = "g";
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.participant(id, user).await?.is_none()
        {
            return Ok(None);
        }
        let (sql, from) = match page.cursor {
            Cursor::Start => (OLDER, AFTER_ALL.to_owned()),
            Cursor::After(id) => (OLDER, id.to_string()),
            Cursor::Before(id) => (NEWER, id.to_string()),
        };
        let rows: Vec<ConversationRow> = sqlx::query_as(sql)
            .bind(user.to_string())
            .bind(app.to_string())
            .bind(from)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let mut items = rows.into_iter().map(Conversation::try_from).collect::<Result<Vec<_>, _>>()?;
        let size = page.size as usize;
        let more = items.len() > size;
        items.truncate(size);
        Ok(Some(match page.cursor {
            Cursor::Start => Page { items, more_before: false, more_after: more },
            Cursor::After(_) => Page { items, more_before: true, more_after: more },
            Cursor::Before(_) => {
                items.reverse();
                Page { items, more_before: more, more_after: true }
            }
        }))
    }

    /// What appending to `id` needs to know; `None` when the app has no such conversation.
    pub async fn road_to(
        &mut self,
        app: AppId,
        id: ConversationId,
        sent_as: Option<&ClientMessageId>,
    ) -> Result<Option<Road>, StorageError> {
        const SQL: &str = "SELECT c.seq, c.message_count, c.last_updated_at,
                (SELECT group_concat(p.user_id) FROM participants p WHERE p.conversation_id = c.id) AS listeners,
                EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.sent_as = $3) AS is_sent
            FROM conversations c WHERE c.id = $1 AND c.app_id = $2";
        let row: Option<(i64, i64, i64, Option<String>, bool)> = sqlx::query_as(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(sent_as.map(ClientMessageId::as_str))
            .fetch_optional(self.conn())
            .await?;
        row.map(|(seq, message_count, last_updated_at, users, is_sent)| {
            Ok(Road {
                seq: Column("conversations", "seq").count(seq)?,
                message_count: Column("conversations", "message_count").count(message_count)?,
                last_updated_at: Timestamp::from_millis(last_updated_at),
                listeners: listeners(users.as_deref())?,
                is_sent,
            })
        })
        .transpose()
    }

    /// The unread count of `user` in `conversation`; `None` when the user takes no part in it.
    pub async fn participant(
        &mut self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<Option<u64>, StorageError> {
        const SQL: &str = "SELECT unread_count FROM participants WHERE conversation_id = $1 AND user_id = $2";
        let count: Option<i64> = sqlx::query_scalar(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(self.conn())
            .await?;
        count.map(|count| Column("participants", "unread_count").count(count)).transpose()
    }

    /// The default conversation of `user`: the first personal one.
    pub async fn default_conversation(&mut self, user: UserId) -> Result<Option<ConversationId>, StorageError> {
        const SQL: &str = "SELECT id FROM conversations WHERE default_of = $1";
        let id: Option<String> = sqlx::query_scalar(SQL).bind(user.to_string()).fetch_optional(self.conn()).await?;
        id.map(|id| Column("conversations", "id").parse(&id)).transpose()
    }
}

impl Tx {
    /// A personal conversation of `user`, who has none yet: so it is the default one.
    /// # Errors
    /// `Conflict` when the user has a default conversation.
    pub async fn insert_default_conversation(
        &mut self,
        app: AppId,
        participant: &NewParticipant,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const CONVERSATION: &str =
            "INSERT INTO conversations (id, app_id, type, default_of, last_updated_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $5)";
        const PARTICIPANT: &str = "INSERT INTO participants (id, conversation_id, user_id) VALUES ($1, $2, $3)";
        sqlx::query(CONVERSATION)
            .bind(participant.conversation.to_string())
            .bind(app.to_string())
            .bind(PERSONAL)
            .bind(participant.user.to_string())
            .bind(at.millis())
            .execute(self.conn())
            .await?;
        sqlx::query(PARTICIPANT)
            .bind(participant.id.to_string())
            .bind(participant.conversation.to_string())
            .bind(participant.user.to_string())
            .execute(self.conn())
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
        const BY_BUSINESS: &str = "UPDATE conversations SET seq = $2, business_last_read = $3 WHERE id = $1";
        const BY_USER: &str = "UPDATE conversations SET seq = $2 WHERE id = $1;
            UPDATE participants SET unread_count = 0, last_read = $3 WHERE conversation_id = $1 AND user_id = $4";
        let (conversation, seq) = (conversation.to_string(), bigint(seq));
        let reader = reader.map(|user| user.to_string());
        let update = if reader.is_some() { BY_USER } else { BY_BUSINESS };
        for sql in [LOG, update] {
            sqlx::query(sql).bind(&conversation).bind(seq).bind(at.millis()).bind(&reader).execute(self.conn()).await?;
        }
        Ok(())
    }
}
