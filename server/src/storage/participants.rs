//! Who takes part in a conversation.

use domain::participant::ClientAssociation;
use domain::{
    ClientType, ConversationId, Cursor, Page, PageRequest, Participant, ParticipantId, ParticipantRef, Timestamp,
    UserId,
};

use super::page::{BEFORE_ALL, page_of};
use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

/// A user's membership to be.
pub struct NewParticipant {
    pub id: ParticipantId,
    pub conversation: ConversationId,
    pub user: UserId,
    /// Whether the conversation shows on the user's chat pages.
    pub is_subscribed: bool,
}

#[derive(sqlx::FromRow)]
struct ParticipantRow {
    id: String,
    user_id: String,
    external_id: Option<String>,
    unread_count: i64,
    last_read: Option<i64>,
    sdk_client_id: Option<String>,
}

impl TryFrom<ParticipantRow> for Participant {
    type Error = StorageError;
    fn try_from(row: ParticipantRow) -> Result<Self, StorageError> {
        let column = |name| Column("participants", name);
        let sdk = row.sdk_client_id.map(|id| Column("clients", "id").parse(&id)).transpose()?;
        let sdk = sdk.map(|client_id| ClientAssociation { kind: ClientType::Sdk, client_id });
        Ok(Self {
            id: column("id").parse(&row.id)?,
            user_id: column("user_id").parse(&row.user_id)?,
            user_external_id: row.external_id,
            unread_count: column("unread_count").count(row.unread_count)?,
            last_read: row.last_read.map(Timestamp::from_millis),
            client_associations: sdk.into_iter().collect(),
        })
    }
}

/// A query for participants and the clients that they see the conversation on.
macro_rules! participants {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.user_id, u.external_id, p.unread_count, p.last_read, c.id AS sdk_client_id
            FROM participants p JOIN users u ON u.id = p.user_id
            LEFT JOIN clients c ON c.user_id = p.user_id AND c.type = 'sdk' AND p.is_subscribed
            WHERE p.conversation_id = $1 ",
            $rest
        )
    };
}

impl Reader {
    /// Participants of `conversation`, longest there first; `None` when the cursor names none of them.
    pub async fn participants(
        &mut self,
        conversation: ConversationId,
        page: PageRequest<ParticipantId>,
    ) -> Result<Option<Page<Participant>>, StorageError> {
        // A group has ten at most: they are sorted faster than an index is kept.
        const NEWER: &str = participants!("AND p.id > $2 ORDER BY p.id LIMIT $3");
        const OLDER: &str = participants!("AND p.id < $2 ORDER BY p.id DESC LIMIT $3");
        let (sql, from) = match page.cursor {
            Cursor::Start => (NEWER, BEFORE_ALL.to_owned()),
            Cursor::After(id) | Cursor::Before(id)
                if self.participant(conversation, &ParticipantRef::Participant(id)).await?.is_none() =>
            {
                return Ok(None);
            }
            Cursor::After(id) => (NEWER, id.to_string()),
            Cursor::Before(id) => (OLDER, id.to_string()),
        };
        let rows: Vec<ParticipantRow> = sql::query_as(sql)
            .bind(conversation.to_string())
            .bind(from)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let items = rows.into_iter().map(Participant::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(page_of(items, &page.cursor, page.size)))
    }

    /// The participant that `named` names in `conversation`.
    pub async fn participant(
        &mut self,
        conversation: ConversationId,
        named: &ParticipantRef,
    ) -> Result<Option<Participant>, StorageError> {
        const BY_ID: &str = participants!("AND p.id = $2");
        const BY_USER: &str = participants!("AND p.user_id = $2");
        // External ids are unique in an app, and all participants of a conversation are of one.
        const BY_EXTERNAL_ID: &str = participants!("AND u.external_id = $2");
        let (sql, name) = match named {
            ParticipantRef::Participant(id) => (BY_ID, id.to_string()),
            ParticipantRef::User(id) => (BY_USER, id.to_string()),
            ParticipantRef::ExternalId(external_id) => (BY_EXTERNAL_ID, external_id.clone()),
            ParticipantRef::Nobody => return Ok(None),
        };
        let row: Option<ParticipantRow> =
            sql::query_as(sql).bind(conversation.to_string()).bind(name).fetch_optional(self.conn()).await?;
        row.map(Participant::try_from).transpose()
    }

    pub async fn participant_count(&mut self, conversation: ConversationId) -> Result<usize, StorageError> {
        const SQL: &str = "SELECT count(*) FROM participants WHERE conversation_id = $1";
        let count: i64 = sql::query_scalar(SQL).bind(conversation.to_string()).fetch_one(self.conn()).await?;
        Column("participants", "id").count(count)
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the user takes part already.
    pub async fn insert_participant(&mut self, participant: &NewParticipant) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO participants (id, conversation_id, user_id, is_subscribed) VALUES ($1, $2, $3, $4)";
        sql::query(SQL)
            .bind(participant.id.to_string())
            .bind(participant.conversation.to_string())
            .bind(participant.user.to_string())
            .bind(participant.is_subscribed)
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Has `conversation` show on the chat pages of `user`.
    pub async fn subscribe(&mut self, conversation: ConversationId, user: UserId) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE participants SET is_subscribed = TRUE WHERE conversation_id = $1 AND user_id = $2";
        sql::query(SQL).bind(conversation.to_string()).bind(user.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    pub async fn delete_participant(&mut self, id: ParticipantId) -> Result<(), StorageError> {
        let sql = "DELETE FROM participants WHERE id = $1";
        sql::query(sql).bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }
}
