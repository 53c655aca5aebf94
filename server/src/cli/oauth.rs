//! `parlor oauth`: programs of others that apps may let in.

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use domain::OAuthClientId;
use serde_json::json;

use super::{open, print};
use crate::chat::{ChatError, Noun};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub enum OAuthCommand {
    /// Register a program and print its secret, which is shown this once
    Create {
        /// Name of the program; the type of its integrations
        #[arg(long)]
        name: String,
        /// Where browsers bring the code; several may follow, the first is the usual one
        #[arg(long = "redirect-uri", value_name = "URL", required = true, num_args = 1..)]
        redirect_uris: Vec<String>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// List all programs, oldest first
    List {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Give a program a new secret; the old one is worth nothing from then on
    Renew {
        /// The program's client id
        #[arg(value_name = "CLIENTID", value_parser = client_id)]
        client: OAuthClientId,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
}

fn client_id(text: &str) -> Result<OAuthClientId, String> {
    text.parse().map_err(|_| "should be the id of an OAuth client, 24 hexadecimal digits".to_owned())
}

impl OAuthCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create { name, redirect_uris, json, config } => {
                let chat = open(&config).await?;
                let made = chat.create_oauth_client(name.clone(), redirect_uris).await;
                chat.storage().close().await;
                let (client, secret) = match made {
                    Err(ChatError::Conflict) => return Err(anyhow!("there is an OAuth client called {name} already")),
                    made => made.context("cannot register the OAuth client")?,
                };
                print(&json!({ "clientId": client.id, "clientSecret": secret, "name": client.name }), json);
            }
            Self::List { json, config } => {
                let chat = open(&config).await?;
                let clients = chat.oauth_clients().await;
                chat.storage().close().await;
                let clients = clients?;
                if json {
                    let clients = clients.iter().map(|client| {
                        json!({ "clientId": client.id, "name": client.name, "redirectUris": client.redirect_uris })
                    });
                    println!("{}", json!({ "clients": clients.collect::<Vec<_>>() }));
                } else {
                    for client in clients {
                        println!("{} {} {}", client.id, client.name, client.redirect_uris.join(" "));
                    }
                }
            }
            Self::Renew { client, json, config } => {
                let chat = open(&config).await?;
                let secret = chat.renew_oauth_secret(client).await;
                chat.storage().close().await;
                let secret = match secret {
                    Err(ChatError::NotFound(Noun::OAuthClient)) => {
                        return Err(anyhow!("there is no OAuth client {client}"));
                    }
                    secret => secret.context("cannot renew the secret")?,
                };
                print(&json!({ "clientId": client, "clientSecret": secret }), json);
            }
        }
        Ok(())
    }
}
