//! The command line.

mod webhook;

use std::collections::HashSet;

use clap::{Parser, Subcommand};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use self::webhook::WebhookCommand;
use crate::config::Config;
use crate::live::Subject;
use crate::web::Site;
use crate::{Server, open_chat, telemetry};

/// Hosted chat pages: a link, a QR code, an iframe; answered over an API, webhooks or an inbox.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve chat pages
    Serve {
        #[command(flatten)]
        config: Config,
    },
    /// Serve, with a demo app made on first start
    Demo {
        #[command(flatten)]
        config: Config,
    },
    /// Make an app, a chat page and API keys; works with or without a server running
    Provision {
        /// Name of the app, as visitors see it
        #[arg(long, default_value = "My business", value_parser = name)]
        name: String,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: Config,
    },
    /// Look at webhooks, and deliver again; works with or without a server running
    #[command(subcommand)]
    Webhook(WebhookCommand),
}

fn name(text: &str) -> Result<String, String> {
    let count = text.chars().count();
    if (1..=100).contains(&count) && !text.trim().is_empty() {
        Ok(text.to_owned())
    } else {
        Err("should have 1 to 100 characters".to_owned())
    }
}

impl Cli {
    /// Reads the arguments of this process. A wrong one ends it with status 2 and one line that names it.
    pub fn from_args() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            use clap::error::ErrorKind;
            if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
                // clap adds usage hints on further lines; an operator's log has room for one.
                let text = error.render().to_string();
                eprintln!("{}", text.lines().next().unwrap_or_default());
                std::process::exit(2);
            }
            error.exit()
        })
    }

    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve { config } => serve(config, false).await,
            Command::Demo { config } => serve(config, true).await,
            Command::Provision { name, json, config } => provision(&config, &name, json).await,
            Command::Webhook(command) => command.run().await,
        }
    }
}

async fn serve(config: Config, is_demo: bool) -> anyhow::Result<()> {
    start_logging(&config)?;
    let draining = CancellationToken::new();
    let server = Server::bind(&config, draining.clone()).await?;
    if is_demo {
        present_demo(&server).await?;
    }
    tracing::info!(address = %server.address, url = server.site().url, "listening");
    tokio::spawn(async move {
        crate::signals::terminated().await;
        tracing::info!("draining: no new requests, writes are finished");
        draining.cancel();
    });
    server.run().await?;
    tracing::info!("stopped");
    Ok(())
}

fn start_logging(config: &Config) -> anyhow::Result<()> {
    telemetry::start_logging(&config.log).map_err(|error| {
        anyhow::anyhow!(
            "invalid value '{}' for '--log <FILTER>': {error}; should be such as info or info,server=debug",
            config.log
        )
    })
}

/// Prints how to reach the demo and, each time somebody begins to write, the line that answers.
async fn present_demo(server: &Server) -> anyhow::Result<()> {
    let (integration, key) = server.chat().demo().await?;
    let url = &server.site().url;
    let (app, id) = (integration.app, integration.id);
    let credentials = format!("{}:{}", key.id, key.secret);
    let answer = move |site: &str, conversation: &str| {
        format!(
            "curl -u '{credentials}' -H 'content-type: application/json' \\
    -d '{{\"author\":{{\"type\":\"business\",\"displayName\":\"Ann\"}},\"content\":{{\"type\":\"text\",\"text\":\"Hello!\"}}}}' \\
    {site}/v2/apps/{app}/conversations/{conversation}/messages"
        )
    };
    println!(
        "
  Chat page     {url}/chat/{id}
  In any page   <iframe src=\"{url}/embed/{id}\" title=\"Chat\" width=\"380\" height=\"600\"></iframe>
  API key       {key_id}
  Secret        {secret}
  App           {app}

  Write something on the chat page. This answers as the business (the line with its conversation is printed here then):

  {line}
",
        key_id = key.id,
        secret = key.secret,
        line = answer(url, "CONVERSATION"),
    );
    let mut inbox = server.chat().fanout().subscribe(Subject::App(app));
    let url = url.clone();
    tokio::spawn(async move {
        let mut known = HashSet::new();
        while let Some(hint) = inbox.next().await {
            if known.insert(hint.conversation) {
                println!("\n  Somebody writes. Answer with:\n\n  {}\n", answer(&url, &hint.conversation.to_string()));
            }
        }
    });
    Ok(())
}

async fn provision(config: &Config, name: &str, as_json: bool) -> anyhow::Result<()> {
    start_logging(config)?;
    let chat = open_chat(config, &config.public_url_on(config.listen)).await?;
    let made = chat.provision(name).await?;
    chat.storage().close().await;
    let site = Site::new(&config.public_url_on(config.listen));
    let facts = json!({
        "appId": made.app,
        "integrationId": made.integration,
        "keyId": made.key.id.as_str(),
        "secret": made.key.secret,
        "accountKeyId": made.account_key.id.as_str(),
        "accountSecret": made.account_key.secret,
        "chatUrl": format!("{}/chat/{}", site.url, made.integration),
        "embedUrl": format!("{}/embed/{}", site.url, made.integration),
        "inboxUrl": format!("{}/inbox", site.url),
    });
    if as_json {
        println!("{facts}");
    } else {
        for (name, value) in facts.as_object().into_iter().flatten() {
            println!("{name:<14} {}", value.as_str().unwrap_or_default());
        }
    }
    Ok(())
}
