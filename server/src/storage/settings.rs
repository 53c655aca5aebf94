//! Facts about the installation: one value a name.

use super::{Reader, StorageError, Tx, sql};

impl Reader {
    /// The value of `name`; `None` before it was set.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, StorageError> {
        const SQL: &str = "SELECT value FROM settings WHERE name = $1";
        Ok(sql::query_scalar(SQL).bind(name).fetch_optional(self.conn()).await?)
    }
}

impl Tx {
    /// The value of `name`, which is `first` if it had none.
    pub async fn setting_or(&mut self, name: &str, first: &str) -> Result<String, StorageError> {
        const SQL: &str = "INSERT INTO settings (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value";
        Ok(sql::query_scalar(SQL).bind(name).bind(first).fetch_one(self.writing().await?).await?)
    }
}
