//! Programs that apps may let in by OAuth, and the codes that let them in, once. Secrets and codes are kept as digests.

use domain::{AppId, OAuthClientId, Timestamp};

use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

/// A program that apps may let in; registered by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthClient {
    pub id: OAuthClientId,
    /// Unique; the type of its integrations.
    pub name: String,
    /// SHA-256 in hexadecimal digits.
    pub secret_digest: String,
    /// Where a code may be sent, as they were given; the first is the usual one.
    pub redirect_uris: Vec<String>,
    pub created_at: Timestamp,
}

/// Permission to be let into `app`, until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthCode {
    /// SHA-256 in hexadecimal digits.
    pub digest: String,
    pub client: OAuthClientId,
    pub app: AppId,
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ClientRow {
    id: String,
    name: String,
    secret: String,
    redirect_uris: String,
    created_at: i64,
}

impl TryFrom<ClientRow> for OAuthClient {
    type Error = StorageError;
    fn try_from(row: ClientRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("oauth_clients", "id").parse(&row.id)?,
            name: row.name,
            secret_digest: row.secret,
            redirect_uris: Column("oauth_clients", "redirect_uris").json(&row.redirect_uris)?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl Reader {
    pub async fn oauth_client(&mut self, id: OAuthClientId) -> Result<Option<OAuthClient>, StorageError> {
        const SQL: &str = "SELECT id, name, secret, redirect_uris, created_at FROM oauth_clients WHERE id = $1";
        let row: Option<ClientRow> = sql::query_as(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        row.map(OAuthClient::try_from).transpose()
    }

    /// All of them, oldest first.
    pub async fn oauth_clients(&mut self) -> Result<Vec<OAuthClient>, StorageError> {
        const SQL: &str =
            "SELECT id, name, secret, redirect_uris, created_at FROM oauth_clients ORDER BY created_at, id";
        let rows: Vec<ClientRow> = sql::query_as(SQL).fetch_all(self.conn()).await?;
        rows.into_iter().map(OAuthClient::try_from).collect()
    }
}

impl Tx {
    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn insert_oauth_client(&mut self, client: &OAuthClient) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO oauth_clients (id, name, secret, redirect_uris, created_at)
            VALUES ($1, $2, $3, $4, $5)";
        sql::query(SQL)
            .bind(client.id.to_string())
            .bind(&client.name)
            .bind(&client.secret_digest)
            .bind(json_text(&client.redirect_uris))
            .bind(client.created_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Replaces the secret. Gives whether there is such a client.
    pub async fn set_oauth_secret(&mut self, id: OAuthClientId, digest: &str) -> Result<bool, StorageError> {
        const SQL: &str = "UPDATE oauth_clients SET secret = $2 WHERE id = $1";
        let done = sql::query(SQL).bind(id.to_string()).bind(digest).execute(self.writing().await?).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps `code`, and forgets those of its app that are too old.
    pub async fn insert_oauth_code(&mut self, code: &OAuthCode, now: Timestamp) -> Result<(), StorageError> {
        const FORGET: &str = "DELETE FROM oauth_codes WHERE app_id = $1 AND expires_at <= $2";
        const KEEP: &str = "INSERT INTO oauth_codes (code, client_id, app_id, expires_at) VALUES ($1, $2, $3, $4)";
        let app = code.app.to_string();
        sql::query(FORGET).bind(&app).bind(now.millis()).execute(self.writing().await?).await?;
        sql::query(KEEP)
            .bind(&code.digest)
            .bind(code.client.to_string())
            .bind(&app)
            .bind(code.expires_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// The app that a code of `client` opens; it is used up by this. `None` for a code that is unknown, used or too old.
    pub async fn take_oauth_code(
        &mut self,
        client: OAuthClientId,
        digest: &str,
        now: Timestamp,
    ) -> Result<Option<AppId>, StorageError> {
        const SQL: &str =
            "DELETE FROM oauth_codes WHERE code = $1 AND client_id = $2 AND expires_at > $3 RETURNING app_id";
        let app: Option<String> = sql::query_scalar(SQL)
            .bind(digest)
            .bind(client.to_string())
            .bind(now.millis())
            .fetch_optional(self.writing().await?)
            .await?;
        app.map(|app| Column("oauth_codes", "app_id").parse(&app)).transpose()
    }
}
