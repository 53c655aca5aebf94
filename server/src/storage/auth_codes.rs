//! Codes that open a user's conversation on another device, once.

use domain::{AppId, Timestamp, UserId};

use super::row::Column;
use super::{StorageError, Tx, sql};

impl Tx {
    /// Keeps `code` until `expires_at`, and forgets those that are past it.
    pub async fn insert_auth_code(
        &mut self,
        app: AppId,
        user: UserId,
        code: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageError> {
        const FORGET: &str = "DELETE FROM auth_codes WHERE user_id = $1 AND expires_at <= $2";
        const KEEP: &str = "INSERT INTO auth_codes (code, app_id, user_id, expires_at) VALUES ($1, $2, $3, $4)";
        sql::query(FORGET).bind(user.to_string()).bind(now.millis()).execute(self.writing().await?).await?;
        sql::query(KEEP)
            .bind(code)
            .bind(app.to_string())
            .bind(user.to_string())
            .bind(expires_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// The user whom `code` opens for; it is used up by this. `None` for a code that is unknown, used or too old.
    pub async fn take_auth_code(
        &mut self,
        app: AppId,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StorageError> {
        const SQL: &str =
            "DELETE FROM auth_codes WHERE code = $1 AND app_id = $2 AND expires_at > $3 RETURNING user_id";
        let user: Option<String> = sql::query_scalar(SQL)
            .bind(code)
            .bind(app.to_string())
            .bind(now.millis())
            .fetch_optional(self.writing().await?)
            .await?;
        user.map(|user| Column("auth_codes", "user_id").parse(&user)).transpose()
    }
}
