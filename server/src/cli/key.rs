//! `parlor key`: making and revoking keys of the API.

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use domain::{ApiKey, AppId, IntegrationId, KeyId};
use serde_json::json;

use super::{name, open, print};
use crate::chat::{Chat, ChatError, KeyOwner, Noun};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key and print its secret
    Create {
        #[command(flatten)]
        owner: Owner,
        /// Name of the key
        #[arg(long, default_value = "Key", value_parser = name)]
        name: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Revoke a key; a running server refuses it within a second
    Revoke {
        /// The key's id
        #[arg(value_name = "KEYID", value_parser = key_id)]
        key: KeyId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

/// Whose key; exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Owner {
    /// Of this app
    #[arg(long, value_name = "ID", value_parser = app_id)]
    app: Option<AppId>,
    /// Of the account: reaches every app
    #[arg(long)]
    account: bool,
    /// Of this custom integration
    #[arg(long, value_name = "ID", value_parser = integration_id)]
    integration: Option<IntegrationId>,
}

fn key_id(text: &str) -> Result<KeyId, String> {
    text.parse().map_err(|_| "should be the id of a key, such as app_ and 24 hexadecimal digits".to_owned())
}

fn app_id(text: &str) -> Result<AppId, String> {
    text.parse().map_err(|_| "should be the id of an app, 24 hexadecimal digits".to_owned())
}

fn integration_id(text: &str) -> Result<IntegrationId, String> {
    text.parse().map_err(|_| "should be the id of an integration, 24 hexadecimal digits".to_owned())
}

impl KeyCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create { owner, name, json, config } => {
                let chat = open(&config).await?;
                let key = owner.create(&chat, name).await;
                chat.storage().close().await;
                let key = key?;
                print(&json!({ "keyId": key.id, "secret": key.secret }), json);
            }
            Self::Revoke { key, json, config } => {
                let chat = open(&config).await?;
                let revoked = chat.revoke_key(key.clone()).await;
                chat.storage().close().await;
                match revoked {
                    Err(ChatError::NotFound(Noun::Key)) => return Err(anyhow!("there is no key {key}")),
                    revoked => revoked.with_context(|| format!("cannot revoke the key {key}"))?,
                }
                print(&json!({ "revoked": key }), json);
            }
        }
        Ok(())
    }
}

impl Owner {
    async fn create(self, chat: &Chat, name: String) -> anyhow::Result<ApiKey> {
        let (owner, what) = match self {
            Self { app: Some(app), .. } => (Some(KeyOwner::App(app)), format!("app {app}")),
            Self { integration: Some(integration), .. } => {
                let found = chat.storage().read().await?.integration_of_any_app(integration).await?;
                let found = found.ok_or_else(|| anyhow!("there is no integration {integration}"))?;
                (Some(KeyOwner::Integration(found.app, integration)), format!("integration {integration}"))
            }
            Self { .. } => (None, "account".to_owned()),
        };
        match chat.create_key(owner, name).await {
            Err(ChatError::NotFound(Noun::App | Noun::Integration)) => Err(anyhow!("there is no {what}")),
            key => key.with_context(|| format!("cannot make a key of the {what}")),
        }
    }
}
