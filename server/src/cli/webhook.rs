//! `parlor webhook`: what the operator sees of webhooks, and delivering again. Works with or without a server running.

use clap::{Args, Subcommand};
use domain::webhook::DeliveryId;
use domain::{AppId, Timestamp, WebhookId};
use serde_json::{Value, json};

use super::start_logging;
use crate::config::Config;
use crate::open_chat;
use crate::storage::ReplaySelection;

#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// List webhooks, with how many deliveries wait and how many were given up
    List {
        /// Only those of this app
        #[arg(long, value_name = "ID")]
        app: Option<AppId>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Deliver again, under the same event ids; a running server begins within a second
    Replay {
        /// The webhook
        #[arg(long, value_name = "ID")]
        webhook: WebhookId,
        #[command(flatten)]
        what: What,
        /// The first moment after the span
        #[arg(long, value_name = "TIME", requires = "from")]
        to: Option<Timestamp>,
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
pub struct What {
    /// This delivery
    #[arg(long, value_name = "ID")]
    delivery: Option<DeliveryId>,
    /// Every delivery that was given up and not repeated since
    #[arg(long)]
    failed: bool,
    /// Everything that happened from this moment on, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", requires = "to")]
    from: Option<Timestamp>,
}

impl What {
    fn selection(&self, to: Option<Timestamp>) -> ReplaySelection {
        match (self.delivery, self.from, to) {
            (Some(id), ..) => ReplaySelection::One(id),
            (None, Some(from), Some(to)) => ReplaySelection::Between { from, to },
            _ => ReplaySelection::Failed,
        }
    }
}

impl WebhookCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { app, json, config } => list(&config, app, json).await,
            Self::Replay { webhook, what, to, json, config } => {
                replay(&config, webhook, what.selection(to), json).await
            }
        }
    }
}

async fn list(config: &Config, app: Option<AppId>, as_json: bool) -> anyhow::Result<()> {
    start_logging(config)?;
    let chat = open_chat(config, &config.public_url_on(config.listen)).await?;
    let mut webhooks: Vec<Value> = Vec::new();
    for (webhook, counts) in chat.webhooks(app).await? {
        webhooks.push(json!({
            "id": webhook.id,
            "appId": webhook.app,
            "integrationId": webhook.integration,
            "version": webhook.version,
            "target": webhook.target,
            "triggers": webhook.triggers,
            "pending": counts.pending,
            "failed": counts.failed,
        }));
    }
    chat.storage().close().await;
    if as_json {
        println!("{}", json!({ "webhooks": webhooks }));
        return Ok(());
    }
    for webhook in webhooks {
        let text = |key: &str| webhook[key].as_str().unwrap_or_default().to_owned();
        println!(
            "{}  app {}  {:<4}  {} pending, {} failed  {}",
            text("id"),
            text("appId"),
            text("version"),
            webhook["pending"],
            webhook["failed"],
            text("target")
        );
    }
    Ok(())
}

async fn replay(config: &Config, webhook: WebhookId, selection: ReplaySelection, as_json: bool) -> anyhow::Result<()> {
    start_logging(config)?;
    let chat = open_chat(config, &config.public_url_on(config.listen)).await?;
    let replayed = chat.replay_of_any_app(webhook, selection).await;
    chat.storage().close().await;
    let replayed = replayed?;
    if as_json {
        println!("{}", json!({ "replayed": replayed }));
    } else {
        println!("{replayed} to be delivered again");
    }
    Ok(())
}
