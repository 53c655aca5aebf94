//! `parlor ban`: whom an app does not listen to. Works with or without a server running, which knows within a second.

use clap::{Args, Subcommand};
use domain::{AppId, BanId, Cursor, PageRequest, Timestamp, UserId};
use serde_json::{Value, json};

use super::{milliseconds, open, print};
use crate::chat::{Chat, ChatError, NewBan, Scope};
use crate::config::Config;
use crate::guard::{Ban, Banned};

/// Bans that are read from the database at a time.
const PAGE: u32 = 100;

#[derive(Debug, Subcommand)]
pub enum BanCommand {
    /// Ban a user or a network
    Add {
        /// The app
        #[arg(long, value_name = "ID")]
        app: AppId,
        #[command(flatten)]
        whom: Whom,
        /// Why, for those who look at the list
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// How long it lasts, such as 90m, 12h or 7d; without, until it is removed
        #[arg(long, value_name = "SPAN", value_parser = milliseconds)]
        expires_in: Option<i64>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// List the bans of an app that are not over
    List {
        /// The app
        #[arg(long, value_name = "ID")]
        app: AppId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Lift a ban
    Remove {
        /// The ban
        id: BanId,
        /// Its app
        #[arg(long, value_name = "ID")]
        app: AppId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

/// Exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Whom {
    /// This user, in all browsers
    #[arg(long, value_name = "ID")]
    user: Option<UserId>,
    /// Everybody from this address or network, such as 203.0.113.0/24
    #[arg(long, value_name = "CIDR")]
    prefix: Option<String>,
}

impl BanCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { app, whom: Whom { user, prefix }, reason, expires_in, json, config } => {
                let chat = open(&config).await?;
                let expires_at = expires_in.map(|span| chat.clock().now().plus_millis(span));
                let ban = chat.ban(Scope::of_app(app), NewBan { user, prefix, reason, expires_at }).await;
                chat.storage().close().await;
                print(&facts(&ban?), json);
            }
            Self::List { app, json, config } => {
                let chat = open(&config).await?;
                let bans = all(&chat, Scope::of_app(app)).await;
                chat.storage().close().await;
                let bans: Vec<Value> = bans?.iter().map(facts).collect();
                if json {
                    println!("{}", json!({ "bans": bans }));
                } else {
                    for ban in bans {
                        let text = |key: &str| ban[key].as_str().unwrap_or_default().to_owned();
                        let until = if ban["expiresAt"].is_null() { "for good".to_owned() } else { text("expiresAt") };
                        println!("{}  {:<24}  {until:<24}  {}", text("id"), text("banned"), text("reason"));
                    }
                }
            }
            Self::Remove { id, app, json, config } => {
                let chat = open(&config).await?;
                let lifted = chat.lift_ban(Scope::of_app(app), id).await;
                chat.storage().close().await;
                lifted?;
                print(&json!({ "id": id }), json);
            }
        }
        Ok(())
    }
}

async fn all(chat: &Chat, scope: Scope) -> Result<Vec<Ban>, ChatError> {
    let mut bans: Vec<Ban> = Vec::new();
    loop {
        let cursor = bans.last().map_or(Cursor::Start, |ban| Cursor::After(ban.id));
        let page = chat.bans(scope, PageRequest { cursor, size: PAGE }).await?;
        bans.extend(page.items);
        if !page.more_after {
            return Ok(bans);
        }
    }
}

/// What the operator is told of `ban`, as texts.
fn facts(ban: &Ban) -> Value {
    let banned = match ban.banned {
        Banned::User(user) => user.to_string(),
        Banned::Prefix(prefix) => prefix.to_string(),
    };
    let expires_at: Option<Timestamp> = ban.expires_at;
    json!({ "id": ban.id, "banned": banned, "reason": ban.reason, "expiresAt": expires_at })
}
