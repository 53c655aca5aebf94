//! `parlor app`: making and listing apps.

use clap::Subcommand;
use domain::{App, Cursor, NewApp, PageRequest};
use serde_json::json;

use super::{name, open, print};
use crate::chat::{Chat, ChatError};
use crate::config::Config;

/// Apps that are read at once.
const PAGE: u32 = 100;

#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Make an app without integrations or keys
    Create {
        /// Name of the app
        #[arg(long, value_parser = name)]
        name: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// List all apps, oldest first
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

impl AppCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create { name, json, config } => {
                let chat = open(&config).await?;
                let app = chat.create_app(NewApp { display_name: name, settings: None, metadata: None }).await;
                chat.storage().close().await;
                let app = app?;
                print(&json!({ "appId": app.id, "displayName": app.display_name }), json);
            }
            Self::List { json, config } => {
                let chat = open(&config).await?;
                let apps = all(&chat).await;
                chat.storage().close().await;
                let apps = apps?;
                if json {
                    let apps = apps.iter().map(|app| json!({ "appId": app.id, "displayName": app.display_name }));
                    println!("{}", json!({ "apps": apps.collect::<Vec<_>>() }));
                } else {
                    for app in apps {
                        println!("{} {}", app.id, app.display_name);
                    }
                }
            }
        }
        Ok(())
    }
}

async fn all(chat: &Chat) -> Result<Vec<App>, ChatError> {
    let mut apps: Vec<App> = Vec::new();
    loop {
        let cursor = apps.last().map_or(Cursor::Start, |app| Cursor::After(app.id));
        let page = chat.apps(PageRequest { cursor, size: PAGE }).await?;
        apps.extend(page.items);
        if !page.more_after {
            return Ok(apps);
        }
    }
}
