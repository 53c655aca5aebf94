//! What webhooks tell of the ways to a user.

use domain::{ClientId, IntegrationId, Timestamp, UserId};

use super::row::Column;
use super::{Reader, StorageError, sql};

/// A user's client.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: ClientId,
    pub kind: String,
    pub status: String,
    pub integration: Option<IntegrationId>,
    pub linked_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: String,
    r#type: String,
    status: String,
    integration_id: Option<String>,
    linked_at: i64,
}

impl Reader {
    /// The clients of `user`, oldest first.
    pub async fn endpoints_of(&mut self, user: UserId) -> Result<Vec<Endpoint>, StorageError> {
        const SQL: &str =
            "SELECT id, type, status, integration_id, linked_at FROM clients WHERE user_id = $1 ORDER BY id";
        let rows: Vec<EndpointRow> = sql::query_as(SQL).bind(user.to_string()).fetch_all(self.conn()).await?;
        let endpoint = |row: EndpointRow| {
            Ok(Endpoint {
                id: Column("clients", "id").parse(&row.id)?,
                kind: row.r#type,
                status: row.status,
                integration: row.integration_id.map(|id| Column("clients", "integration_id").parse(&id)).transpose()?,
                linked_at: Timestamp::from_millis(row.linked_at),
            })
        };
        rows.into_iter().map(endpoint).collect()
    }

    /// Whether anything was said in the default conversation of `user`.
    pub async fn has_spoken(&mut self, user: UserId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM conversations WHERE default_of = $1 AND message_count > 0)";
        Ok(sql::query_scalar(SQL).bind(user.to_string()).fetch_one(self.conn()).await?)
    }
}
