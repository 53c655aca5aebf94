//! Whom apps do not listen to.

use domain::{AppId, BanId, Cursor, Page, PageRequest, Timestamp, UserId};

use super::page::{bounds, page_of};
use super::row::Column;
use super::{Reader, StorageError, Tx, sql};
use crate::guard::{Ban, Banned, Bans};

macro_rules! select {
    ($condition:literal) => {
        concat!("SELECT id, user_id, prefix, reason, expires_at, created_at FROM bans WHERE ", $condition)
    };
}

#[derive(sqlx::FromRow)]
struct BanRow {
    id: String,
    user_id: Option<String>,
    prefix: Option<String>,
    reason: Option<String>,
    expires_at: Option<i64>,
    created_at: i64,
}

fn banned(user: Option<&str>, prefix: Option<&str>) -> Result<Banned, StorageError> {
    match user {
        Some(user) => Ok(Banned::User(Column("bans", "user_id").parse(user)?)),
        None => Ok(Banned::Prefix(Column("bans", "prefix").parse(prefix.unwrap_or_default())?)),
    }
}

impl TryFrom<BanRow> for Ban {
    type Error = StorageError;
    fn try_from(row: BanRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: Column("bans", "id").parse(&row.id)?,
            banned: banned(row.user_id.as_deref(), row.prefix.as_deref())?,
            reason: row.reason,
            expires_at: row.expires_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl Reader {
    /// All that `app` bans at `now`, without words.
    pub async fn bans(&mut self, app: AppId, now: Timestamp) -> Result<Bans, StorageError> {
        const SQL: &str = "SELECT user_id, prefix, expires_at FROM bans
            WHERE app_id = $1 AND (expires_at IS NULL OR expires_at > $2)";
        type Row = (Option<String>, Option<String>, Option<i64>);
        let rows: Vec<Row> = sql::query_as(SQL).bind(app.to_string()).bind(now.millis()).fetch_all(self.conn()).await?;
        let bans = rows.into_iter().map(|(user, prefix, until)| {
            Ok((banned(user.as_deref(), prefix.as_deref())?, until.map(Timestamp::from_millis)))
        });
        bans.collect()
    }

    /// `None` also for one that is over at `now`.
    pub async fn ban(&mut self, app: AppId, id: BanId, now: Timestamp) -> Result<Option<Ban>, StorageError> {
        const SQL: &str = select!("id = $1 AND app_id = $2 AND (expires_at IS NULL OR expires_at > $3)");
        let row: Option<BanRow> = sql::query_as(SQL)
            .bind(id.to_string())
            .bind(app.to_string())
            .bind(now.millis())
            .fetch_optional(self.conn())
            .await?;
        row.map(Ban::try_from).transpose()
    }

    /// The bans of `app` that are not over at `now`, oldest first. `None` when the cursor names none of them.
    pub async fn bans_of(
        &mut self,
        app: AppId,
        page: PageRequest<BanId>,
        now: Timestamp,
    ) -> Result<Option<Page<Ban>>, StorageError> {
        const UP: &str = select!(
            "app_id = $1 AND id > $2 AND id < $3 AND (expires_at IS NULL OR expires_at > $4) ORDER BY id LIMIT $5"
        );
        const DOWN: &str = select!(
            "app_id = $1 AND id > $2 AND id < $3 AND (expires_at IS NULL OR expires_at > $4) ORDER BY id DESC LIMIT $5"
        );
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.ban(app, id, now).await?.is_none()
        {
            return Ok(None);
        }
        let (above, below) = bounds(&page.cursor);
        let is_down = matches!(page.cursor, Cursor::Before(_));
        let rows: Vec<BanRow> = sql::query_as(if is_down { DOWN } else { UP })
            .bind(app.to_string())
            .bind(above)
            .bind(below)
            .bind(now.millis())
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let bans = rows.into_iter().map(Ban::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(bans, &page.cursor, page.size)))
    }

    /// Whether `user` is banned at `now`, as the database has it.
    pub async fn is_banned(&mut self, user: UserId, now: Timestamp) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM bans
            WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2))";
        Ok(sql::query_scalar(SQL).bind(user.to_string()).bind(now.millis()).fetch_one(self.conn()).await?)
    }

    /// How many bans `app` has.
    pub async fn count_bans(&mut self, app: AppId) -> Result<u64, StorageError> {
        const SQL: &str = "SELECT count(*) FROM bans WHERE app_id = $1";
        let count: i64 = sql::query_scalar(SQL).bind(app.to_string()).fetch_one(self.conn()).await?;
        Column("bans", "id").count(count)
    }
}

impl Tx {
    pub async fn insert_ban(&mut self, app: AppId, ban: &Ban) -> Result<(), StorageError> {
        const SQL: &str = "INSERT INTO bans (id, app_id, user_id, prefix, reason, expires_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let (user, prefix) = match ban.banned {
            Banned::User(user) => (Some(user.to_string()), None),
            Banned::Prefix(prefix) => (None, Some(prefix.to_string())),
        };
        sql::query(SQL)
            .bind(ban.id.to_string())
            .bind(app.to_string())
            .bind(user)
            .bind(prefix)
            .bind(&ban.reason)
            .bind(ban.expires_at.map(Timestamp::millis))
            .bind(ban.created_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Whether it was there.
    pub async fn delete_ban(&mut self, app: AppId, id: BanId) -> Result<bool, StorageError> {
        const SQL: &str = "DELETE FROM bans WHERE id = $1 AND app_id = $2";
        let deleted = sql::query(SQL).bind(id.to_string()).bind(app.to_string()).execute(self.writing().await?).await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Removes the ban of exactly this user or network, if there is one.
    pub async fn delete_ban_of(&mut self, app: AppId, banned: Banned) -> Result<(), StorageError> {
        const USER: &str = "DELETE FROM bans WHERE app_id = $1 AND user_id = $2";
        const PREFIX: &str = "DELETE FROM bans WHERE app_id = $1 AND prefix = $2";
        let (sql, what) = match banned {
            Banned::User(user) => (USER, user.to_string()),
            Banned::Prefix(prefix) => (PREFIX, prefix.to_string()),
        };
        sql::query(sql).bind(app.to_string()).bind(what).execute(self.writing().await?).await?;
        Ok(())
    }

    /// Removes the bans of `app` that are over at `now`.
    pub async fn delete_expired_bans(&mut self, app: AppId, now: Timestamp) -> Result<(), StorageError> {
        const SQL: &str = "DELETE FROM bans WHERE app_id = $1 AND expires_at <= $2";
        sql::query(SQL).bind(app.to_string()).bind(now.millis()).execute(self.writing().await?).await?;
        Ok(())
    }
}
