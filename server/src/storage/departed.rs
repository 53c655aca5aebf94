//! User ids that were given up: browsers may hold them still.

use domain::{AppId, Timestamp, UserId};

use super::row::Column;
use super::{Reader, StorageError, Tx, sql};

/// What became of a user who is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departed {
    Deleted,
    /// Goes on as this one.
    MergedInto(UserId),
}

impl Reader {
    /// What became of `id`; `None` for a user who is there, or never was.
    pub async fn departed(&mut self, id: UserId) -> Result<Option<Departed>, StorageError> {
        const SQL: &str = "SELECT merged_into FROM departed_users WHERE id = $1";
        let row: Option<Option<String>> =
            sql::query_scalar(SQL).bind(id.to_string()).fetch_optional(self.conn()).await?;
        Ok(match row {
            None => None,
            Some(None) => Some(Departed::Deleted),
            Some(Some(into)) => Some(Departed::MergedInto(Column("departed_users", "merged_into").parse(&into)?)),
        })
    }
}

impl Tx {
    /// Remembers that `id` was given up, and that whoever was merged into it goes the same way.
    pub async fn insert_departed(
        &mut self,
        app: AppId,
        id: UserId,
        fate: Departed,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE departed_users SET merged_into = $3 WHERE merged_into = $1;
            INSERT INTO departed_users (id, app_id, merged_into, at) VALUES ($1, $2, $3, $4)";
        let merged_into = match fate {
            Departed::Deleted => None,
            Departed::MergedInto(user) => Some(user.to_string()),
        };
        sql::query(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(merged_into)
            .bind(at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }
}
