//! Short links, what they were used for, and the referrals that webhooks were told of.

use domain::{
    AppId, ConversationId, Cursor, IntegrationId, Link, LinkId, Locale, Page, PageRequest, SessionId, Slug, Timestamp,
};

use super::page::{bounds, page_of};
use super::row::{Column, json_text};
use super::{Reader, StorageError, Tx, sql};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, slug, app_id, integration_id, message, ref, locale, metadata, external_id, expires_at, max_uses, uses,
                revoked_at, created_at FROM links WHERE ",
            $condition
        )
    };
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: String,
    slug: String,
    app_id: String,
    integration_id: String,
    message: Option<String>,
    r#ref: Option<String>,
    locale: Option<String>,
    metadata: Option<String>,
    external_id: Option<String>,
    expires_at: Option<i64>,
    max_uses: Option<i64>,
    uses: i64,
    revoked_at: Option<i64>,
    created_at: i64,
}

impl TryFrom<LinkRow> for Link {
    type Error = StorageError;
    fn try_from(row: LinkRow) -> Result<Self, StorageError> {
        let column = |name| Column("links", name);
        Ok(Self {
            id: column("id").parse(&row.id)?,
            slug: column("slug").parse(&row.slug)?,
            app: column("app_id").parse(&row.app_id)?,
            integration: column("integration_id").parse(&row.integration_id)?,
            message: row.message,
            r#ref: row.r#ref,
            locale: row.locale.map(|tag| column("locale").parse(&tag)).transpose()?,
            metadata: row.metadata.map(|text| column("metadata").json(&text)).transpose()?,
            external_id: row.external_id,
            expires_at: row.expires_at.map(Timestamp::from_millis),
            max_uses: row.max_uses.map(|most| column("max_uses").count(most)).transpose()?,
            uses: column("uses").count(row.uses)?,
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl Reader {
    /// The link with this slug, whatever its app and however it ended.
    pub async fn link_by_slug(&mut self, slug: &Slug) -> Result<Option<Link>, StorageError> {
        const SQL: &str = select!("slug = $1");
        let row: Option<LinkRow> = sql::query_as(SQL).bind(slug.as_str()).fetch_optional(self.conn()).await?;
        row.map(Link::try_from).transpose()
    }

    pub async fn link(
        &mut self,
        app: AppId,
        integration: IntegrationId,
        id: LinkId,
    ) -> Result<Option<Link>, StorageError> {
        const SQL: &str = select!("id = $1 AND integration_id = $2 AND app_id = $3");
        let row: Option<LinkRow> = sql::query_as(SQL)
            .bind(id.to_string())
            .bind(integration.to_string())
            .bind(app.to_string())
            .fetch_optional(self.conn())
            .await?;
        row.map(Link::try_from).transpose()
    }

    /// Links to `integration`, oldest first. `None` when the cursor names none of them.
    pub async fn links_to(
        &mut self,
        app: AppId,
        integration: IntegrationId,
        page: PageRequest<LinkId>,
    ) -> Result<Option<Page<Link>>, StorageError> {
        const UP: &str = select!("integration_id = $1 AND app_id = $2 AND id > $3 AND id < $4 ORDER BY id LIMIT $5");
        const DOWN: &str =
            select!("integration_id = $1 AND app_id = $2 AND id > $3 AND id < $4 ORDER BY id DESC LIMIT $5");
        if let Cursor::After(id) | Cursor::Before(id) = page.cursor
            && self.link(app, integration, id).await?.is_none()
        {
            return Ok(None);
        }
        let (above, below) = bounds(&page.cursor);
        let is_down = matches!(page.cursor, Cursor::Before(_));
        let rows: Vec<LinkRow> = sql::query_as(if is_down { DOWN } else { UP })
            .bind(integration.to_string())
            .bind(app.to_string())
            .bind(above)
            .bind(below)
            .bind(i64::from(page.size) + 1)
            .fetch_all(self.conn())
            .await?;
        let links = rows.into_iter().map(Link::try_from).collect::<Result<_, _>>()?;
        Ok(Some(page_of(links, &page.cursor, page.size)))
    }

    /// Whether the browser of `session` has written by `link`.
    pub async fn has_used_link(&mut self, link: LinkId, session: SessionId) -> Result<bool, StorageError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM link_uses WHERE link_id = $1 AND session_id = $2)";
        let has = sql::query_scalar(SQL).bind(link.to_string()).bind(session.to_string());
        Ok(has.fetch_one(self.conn()).await?)
    }
}

impl Tx {
    pub async fn insert_link(&mut self, link: &Link) -> Result<(), StorageError> {
        const SQL: &str =
            "INSERT INTO links (id, slug, app_id, integration_id, message, ref, locale, metadata, external_id,
            expires_at, max_uses, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        sql::query(SQL)
            .bind(link.id.to_string())
            .bind(link.slug.as_str())
            .bind(link.app.to_string())
            .bind(link.integration.to_string())
            .bind(&link.message)
            .bind(&link.r#ref)
            .bind(link.locale.as_ref().map(Locale::as_str))
            .bind(link.metadata.as_ref().map(json_text))
            .bind(&link.external_id)
            .bind(link.expires_at.map(Timestamp::millis))
            .bind(link.max_uses.map(i64::from))
            .bind(link.created_at.millis())
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Stores what may change about `link`, but for its uses.
    pub async fn update_link(&mut self, link: &Link) -> Result<(), StorageError> {
        const SQL: &str = "UPDATE links SET message = $3, ref = $4, locale = $5, metadata = $6, expires_at = $7,
            max_uses = $8, revoked_at = $9 WHERE id = $1 AND app_id = $2";
        sql::query(SQL)
            .bind(link.id.to_string())
            .bind(link.app.to_string())
            .bind(&link.message)
            .bind(&link.r#ref)
            .bind(link.locale.as_ref().map(Locale::as_str))
            .bind(link.metadata.as_ref().map(json_text))
            .bind(link.expires_at.map(Timestamp::millis))
            .bind(link.max_uses.map(i64::from))
            .bind(link.revoked_at.map(Timestamp::millis))
            .execute(self.writing().await?)
            .await?;
        Ok(())
    }

    /// Counts that the browser of `session` has written by `link`; gives whether it is the first time.
    pub async fn use_link(&mut self, link: LinkId, session: SessionId, at: Timestamp) -> Result<bool, StorageError> {
        const USE: &str = "INSERT INTO link_uses (link_id, session_id, at) VALUES ($1, $2, $3)";
        const COUNT: &str = "UPDATE links SET uses = uses + 1 WHERE id = $1";
        if self.has_used_link(link, session).await? {
            return Ok(false);
        }
        let id = link.to_string();
        sql::query(USE).bind(&id).bind(session.to_string()).bind(at.millis()).execute(self.writing().await?).await?;
        sql::query(COUNT).bind(&id).execute(self.writing().await?).await?;
        Ok(true)
    }

    /// Notes that `code` brought somebody to `conversation`; gives whether that is news: not noted since `since`.
    pub async fn note_referral(
        &mut self,
        conversation: ConversationId,
        code: &str,
        at: Timestamp,
        since: Timestamp,
    ) -> Result<bool, StorageError> {
        const LOOK: &str =
            "SELECT EXISTS (SELECT 1 FROM referrals WHERE conversation_id = $1 AND code = $2 AND at > $3)";
        const NOTE: &str = "INSERT INTO referrals (conversation_id, code, at) VALUES ($1, $2, $3)
            ON CONFLICT (conversation_id, code) DO UPDATE SET at = excluded.at";
        let conversation = conversation.to_string();
        // Most messages of a page that carries a code are not its first: they cost no write.
        let known = sql::query_scalar(LOOK).bind(&conversation).bind(code).bind(since.millis());
        if known.fetch_one(self.conn()).await? {
            return Ok(false);
        }
        sql::query(NOTE).bind(&conversation).bind(code).bind(at.millis()).execute(self.writing().await?).await?;
        Ok(true)
    }
}
