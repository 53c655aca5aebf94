//! `parlor user`: what is kept of a user. Works with or without a server running.

use std::io::Write as _;

use clap::Subcommand;
use domain::UserId;
use futures::StreamExt as _;

use super::open;
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
}

impl UserCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Export { id, html, config } = self;
        let chat = open(&config).await?;
        let exported = async {
            let scope = chat.scope_of_user(id).await?;
            let pieces = chat.export_user(scope, &id.to_string()).await?;
            let mut chunks = written(pieces, if html { Form::Html } else { Form::Json });
            while let Some(chunk) = chunks.next().await {
                std::io::stdout().write_all(chunk?.as_bytes())?;
            }
            Ok::<_, anyhow::Error>(())
        };
        let exported = exported.await;
        chat.storage().close().await;
        exported
    }
}
