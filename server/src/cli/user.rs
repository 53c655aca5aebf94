//! `parlor user`: what is kept of a user. Works with or without a server running.

use std::io::Write as _;

use clap::Subcommand;
use domain::UserId;
use futures::StreamExt as _;
use serde_json::json;

use super::{open, print};
use crate::chat::{Chat, ChatError};
use crate::config::Config;
use crate::export::{Form, written};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Print all that is kept of a user, as one JSON object
    Export {
        /// The user
        id: UserId,
        /// As one page to read
        #[arg(long)]
        html: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Remove a user with all that the user said and sent, in groups too
    Erase {
        /// The user
        id: UserId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

impl UserCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Export { id, html, config } => export(id, if html { Form::Html } else { Form::Json }, &config).await,
            Self::Erase { id, json, config } => {
                let chat = open(&config).await?;
                let erased = erase(&chat, id).await;
                chat.storage().close().await;
                erased?;
                print(&json!({ "id": id }), json);
                Ok(())
            }
        }
    }
}

async fn export(id: UserId, form: Form, config: &Config) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let exported = async {
        let scope = chat.scope_of_user(id).await?;
        let pieces = chat.export_user(scope, &id.to_string()).await?;
        let mut chunks = written(pieces, form);
        while let Some(chunk) = chunks.next().await {
            std::io::stdout().write_all(chunk?.as_bytes())?;
        }
        Ok::<_, anyhow::Error>(())
    };
    let exported = exported.await;
    chat.storage().close().await;
    exported
}

/// Erases the user, and waits until that is done, whether or not a server runs that would do it.
async fn erase(chat: &Chat, id: UserId) -> Result<(), ChatError> {
    let scope = chat.scope_of_user(id).await?;
    chat.erase_user(scope, id.to_string()).await?;
    chat.erase_now().await?;
    chat.sweep_now().await
}
