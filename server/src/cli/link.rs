//! `parlor link`: short links to chat pages. Works with or without a server running.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{AppId, Cursor, IntegrationId, Link, LinkEnd, Locale, Metadata, NewLink, PageRequest, Slug, Timestamp};
use serde_json::{Value, json};

use super::{milliseconds, open, print};
use crate::chat::{Chat, Scope};
use crate::clock::Clock;
use crate::config::Config;
use crate::web::Site;

/// Links that are read from the database at a time.
const PAGE: u32 = 100;

#[derive(Debug, Subcommand)]
pub enum LinkCommand {
    /// Make a short link to a chat page
    Create {
        /// The chat page
        #[arg(long, value_name = "ID")]
        integration: IntegrationId,
        #[command(flatten)]
        carries: Box<Carries>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// List the short links of a chat page, with those that have ended
    List {
        /// The chat page
        #[arg(long, value_name = "ID")]
        integration: IntegrationId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// End a short link for good
    Revoke {
        /// The last part of its address
        slug: Slug,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

/// What a link carries.
#[derive(Debug, Args)]
pub struct Carries {
    /// What the composer holds when the page opens
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// Where the visitor comes from, for webhooks
    #[arg(long, value_name = "TEXT")]
    r#ref: Option<String>,
    /// The language of the page, such as de
    #[arg(long, value_name = "TAG")]
    locale: Option<Locale>,
    /// A JSON object for the conversation
    #[arg(long, value_name = "JSON", value_parser = metadata)]
    metadata: Option<Metadata>,
    /// Whoever opens it in a new browser speaks as the user that the business calls so
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// How long it leads anywhere, such as 90m, 12h or 7d
    #[arg(long, value_name = "SPAN", value_parser = milliseconds, conflicts_with = "expires_at")]
    expires_in: Option<i64>,
    /// The moment from which it leads nowhere, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires_at: Option<Timestamp>,
    /// How many browsers may write by it
    #[arg(long, value_name = "COUNT")]
    max_uses: Option<u32>,
}

impl Carries {
    fn at(self, now: Timestamp) -> NewLink {
        let Self { message, r#ref, locale, metadata, external_id, expires_in, expires_at, max_uses } = self;
        let expires_at = expires_at.or(expires_in.map(|span| now.plus_millis(span)));
        NewLink { message, r#ref, locale, metadata, external_id, expires_at, max_uses }
    }
}

fn metadata(text: &str) -> Result<Metadata, String> {
    serde_json::from_str(text).map_err(|error| format!("should be a JSON object: {error}"))
}

impl LinkCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create { integration, carries, json, config } => create(&config, integration, *carries, json).await,
            Self::List { integration, json, config } => list(&config, integration, json).await,
            Self::Revoke { slug, json, config } => revoke(&config, &slug, json).await,
        }
    }
}

async fn create(config: &Config, integration: IntegrationId, carries: Carries, as_json: bool) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let made = async {
        let scope = Scope::of_app(app_of(&chat, integration).await?);
        Ok::<_, anyhow::Error>(chat.create_link(scope, integration, carries.at(chat.clock().now())).await?)
    };
    let made = made.await;
    chat.storage().close().await;
    print(&facts(&made?, config), as_json);
    Ok(())
}

async fn list(config: &Config, integration: IntegrationId, as_json: bool) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let links = all(&chat, integration).await;
    chat.storage().close().await;
    let links: Vec<Value> = links?.iter().map(|link| facts(link, config)).collect();
    if as_json {
        println!("{}", json!({ "links": links }));
        return Ok(());
    }
    for link in links {
        let text = |key: &str| link[key].as_str().unwrap_or_default().to_owned();
        println!("{}  {:<7}  {:>6} uses  {}", text("id"), text("state"), text("uses"), text("url"));
    }
    Ok(())
}

async fn all(chat: &Chat, integration: IntegrationId) -> anyhow::Result<Vec<Link>> {
    let scope = Scope::of_app(app_of(chat, integration).await?);
    let (mut links, mut cursor) = (Vec::new(), Cursor::Start);
    loop {
        let page = chat.links(scope, integration, PageRequest { cursor, size: PAGE }).await?;
        links.extend(page.items);
        match links.last().filter(|_| page.more_after) {
            Some(last) => cursor = Cursor::After(last.id),
            None => return Ok(links),
        }
    }
}

async fn revoke(config: &Config, slug: &Slug, as_json: bool) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let revoked = async {
        let link = chat.link_called(slug).await?.with_context(|| format!("there is no link {slug}"))?;
        Ok::<_, anyhow::Error>(chat.revoke_link(Scope::of_app(link.app), link.integration, link.id).await?)
    };
    let revoked = revoked.await;
    chat.storage().close().await;
    print(&facts(&revoked?, config), as_json);
    Ok(())
}

async fn app_of(chat: &Chat, integration: IntegrationId) -> anyhow::Result<AppId> {
    let page = chat.web_integration(integration).await?;
    Ok(page.with_context(|| format!("there is no chat page {integration}"))?.app)
}

/// What the operator is told of `link`, as texts.
fn facts(link: &Link, config: &Config) -> Value {
    let url = Site::new(&config.public_url_on(config.listen)).link(&link.slug);
    let state = match link.end(Clock::system().now()) {
        None => "open",
        Some(LinkEnd::Revoked) => "revoked",
        Some(LinkEnd::Expired) => "expired",
        Some(LinkEnd::UsedUp) => "used up",
    };
    json!({
        "id": link.id,
        "slug": link.slug,
        "url": url,
        "qrSvgUrl": format!("{url}/qr.svg"),
        "qrPngUrl": format!("{url}/qr.png"),
        "cardUrl": format!("{url}/card"),
        "state": state,
        "uses": link.uses.to_string(),
    })
}
