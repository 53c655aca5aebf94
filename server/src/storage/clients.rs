//! Clients of users.

use domain::{Client, ClientId, ClientType, Cursor, IntegrationId, Page, PageRequest, Timestamp, UserId};

use super::page::{BEFORE_ALL, page_of};
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

#[derive(sqlx::FromRow)]
struct ClientRow {
    id: String,
    r#type: String,
    status: String,
    integration_id: Option<String>,
    external_id: Option<String>,
    last_seen: Option<i64>,
    linked_at: i64,
    display_name: Option<String>,
    avatar_url: Option<String>,
    info: Option<String>,
    raw: Option<String>,
}

impl TryFrom<ClientRow> for Client {
    type Error = StorageError;
    fn try_from(row: ClientRow) -> Result<Self, StorageError> {
        let column = |name| Column("clients", name);
        let kind: ClientType = column("type").parse(&row.r#type)?;
        // The same on every chat page: that it came by one of them says nothing.
        let integration = row.integration_id.filter(|_| kind != ClientType::Sdk);
        Ok(Self {
            id: column("id").parse(&row.id)?,
            kind,
            status: column("status").parse(&row.status)?,
            integration_id: integration.map(|id| column("integration_id").parse(&id)).transpose()?,
            external_id: row.external_id,
            last_seen: row.last_seen.map(Timestamp::from_millis),
            linked_at: Some(Timestamp::from_millis(row.linked_at)),
            display_name: row.display_name,
            avatar_url: row.avatar_url,
            info: row.info.map(|text| column("info").json(&text)).transpose()?,
            raw: row.raw.map(|text| column("raw").json(&text)).transpose()?,
        })
    }
}

impl Reader {
    /// Clients of `user`, oldest first; `None` when the cursor names none of them.
    pub async fn clients_of(
        &mut self,
        user: UserId,
        page: PageRequest<ClientId>,
    ) -> Result<Option<Page<Client>>, StorageError> {
        // A user has a handful at most: one of a type.
        const NEWER: &str = "SELECT id, type, status, integration_id, external_id, last_seen, linked_at, display_name,
                avatar_url, info, raw
            FROM clients WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3";
        const OLDER: &str = "SELECT id, type, status, integration_id, external_id, last_seen, linked_at, display_name,
                avatar_url, info, raw
            FROM clients WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let (sql, from) = match page.cursor {
            Cursor::Start => (NEWER, BEFORE_ALL.to_owned()),
            Cursor::After(id) | Cursor::Before(id) if self.client(user, id).await?.is_none() => return Ok(None),
            Cursor::After(id) => (NEWER, id.to_string()),
            Cursor::Before(id) => (OLDER, id.to_string()),
        };
        let rows: Vec<ClientRow> = sql::query_as(sql)
            .bind(user.to_string())
            .bind(from)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let items = rows.into_iter().map(Client::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(page_of(items, &page.cursor, page.size)))
    }

    pub async fn client(&mut self, user: UserId, id: ClientId) -> Result<Option<Client>, StorageError> {
        const SQL: &str = "SELECT id, type, status, integration_id, external_id, last_seen, linked_at, display_name,
                avatar_url, info, raw
            FROM clients WHERE id = $1 AND user_id = $2";
        let row: Option<ClientRow> =
            sql::query_as(SQL).bind(id.to_string()).bind(user.to_string()).fetch_optional(self.conn()).await?;
        row.map(Client::try_from).transpose()
    }

    /// The user's one client of this type.
    pub async fn client_of_type(&mut self, user: UserId, kind: ClientType) -> Result<Option<Client>, StorageError> {
        const SQL: &str = "SELECT id, type, status, integration_id, external_id, last_seen, linked_at, display_name,
                avatar_url, info, raw
            FROM clients WHERE user_id = $1 AND type = $2";
        let row: Option<ClientRow> =
            sql::query_as(SQL).bind(user.to_string()).bind(kind.to_string()).fetch_optional(self.conn()).await?;
        row.map(Client::try_from).transpose()
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the user has a client of this type.
    pub async fn insert_client(&mut self, user: UserId, client: &Client, at: Timestamp) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO clients (id, user_id, type, status, integration_id, external_id, last_seen, linked_at,
                display_name, avatar_url, info, raw)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        sql::query(SQL)
            .bind(client.id.to_string())
            .bind(user.to_string())
            .bind(client.kind.to_string())
            .bind(client.status.to_string())
            .bind(client.integration_id.map(|id| id.to_string()))
            .bind(&client.external_id)
            .bind(client.last_seen.map(Timestamp::millis))
            .bind(client.linked_at.unwrap_or(at).millis())
            .bind(&client.display_name)
            .bind(&client.avatar_url)
            .bind(client.info.as_ref().map(json_text))
            .bind(client.raw.as_ref().map(json_text))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// The user's one client of type `sdk`, which is made with `id` if there is none yet.
    pub async fn sdk_client_or(
        &mut self,
        user: UserId,
        integration: Option<IntegrationId>,
        id: ClientId,
        at: Timestamp,
    ) -> Result<ClientId, StorageError> {
        const SQL: &str = "INSERT INTO clients (id, user_id, type, status, integration_id, linked_at)
            VALUES ($1, $2, 'sdk', 'active', $3, $4)
            ON CONFLICT (user_id, type) DO UPDATE SET status = 'active' RETURNING id";
        let id: String = sql::query_scalar(SQL)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(integration.map(|integration| integration.to_string()))
            .bind(at.millis())
            .fetch_one(self.writing().await?)
            .await?;
        Column("clients", "id").parse(&id)
    }

    pub async fn delete_client(&mut self, id: ClientId) -> Result<(), StorageError> {
        sql::query("DELETE FROM clients WHERE id = $1").bind(id.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Forgets what the clients and devices of `user` tell of the person.
    pub async fn clear_clients_of(&mut self, user: UserId) -> Result<(), StorageError> {
        const SQL: &str =
            "UPDATE clients SET display_name = NULL, avatar_url = NULL, info = NULL, raw = NULL WHERE user_id = $1;
            UPDATE sessions SET info = NULL WHERE user_id = $1";
        sql::query(SQL).bind(user.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }
}
