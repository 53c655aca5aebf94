//! The command line.

mod app;
mod backup;
mod ban;
mod doctor;
mod key;
mod link;
mod migrate_to;
mod oauth;
mod provision;
mod serve;
mod span;
mod user;
mod webhook;

use clap::{Parser, Subcommand};

use self::app::AppCommand;
use self::backup::{BackupCommand, RestoreCommand};
use self::ban::BanCommand;
use self::doctor::DoctorCommand;
use self::key::KeyCommand;
use self::link::LinkCommand;
use self::migrate_to::MigrateToCommand;
use self::oauth::OAuthCommand;
use self::provision::provision;
use self::serve::serve;
use self::span::milliseconds;
use self::user::UserCommand;
use self::webhook::WebhookCommand;
use crate::chat::Chat;
use crate::config::Config;
use crate::{open_chat, telemetry};

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
    /// Serve, with a demo app made on first start and a bot that answers
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
    /// Make and list apps; works with or without a server running
    #[command(subcommand)]
    App(AppCommand),
    /// Make and revoke API keys; works with or without a server running
    #[command(subcommand)]
    Key(KeyCommand),
    /// Register and list programs that apps may let in by OAuth; works with or without a server running
    #[command(subcommand, name = "oauth")]
    OAuth(OAuthCommand),
    /// Make, list and revoke short links to chat pages; works with or without a server running
    #[command(subcommand)]
    Link(LinkCommand),
    /// Ban users and networks, list bans and lift them; works with or without a server running
    #[command(subcommand)]
    Ban(BanCommand),
    /// Export what is kept of a user, and erase a user; works with or without a server running
    #[command(subcommand)]
    User(UserCommand),
    /// Look at webhooks, and deliver again; works with or without a server running
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Copy a SQLite database to a file; works with or without a server running
    Backup(BackupCommand),
    /// Put a backup in the place of the database; every server on it must be stopped
    Restore(RestoreCommand),
    /// Move to PostgreSQL: copies the SQLite database while it serves; --finish, with every server stopped, makes the switch
    MigrateTo(MigrateToCommand),
    /// Check an installation: folders, database, attachments, webhooks; works with or without a server running
    Doctor(DoctorCommand),
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
            if !matches!(
                error.kind(),
                ErrorKind::DisplayHelp
                    | ErrorKind::DisplayVersion
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            ) {
                // clap adds usage hints on further lines; an operator's log has room for one.
                let text = error.render().to_string();
                let lines: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
                eprintln!("{}", lines.join(" "));
                std::process::exit(2);
            }
            error.exit()
        })
    }

    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve { config } => serve(config).await,
            Command::Demo { config } => serve(Config { is_demo: true, ..config }).await,
            Command::Provision { name, json, config } => provision(&config, &name, json).await,
            Command::App(command) => command.run().await,
            Command::Key(command) => command.run().await,
            Command::Link(command) => command.run().await,
            Command::OAuth(command) => command.run().await,
            Command::Ban(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Webhook(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
            Command::MigrateTo(command) => command.run().await,
            Command::Doctor(command) => command.run().await,
        }
    }
}

fn start_logging(config: &Config) -> anyhow::Result<()> {
    telemetry::start_logging(&config.log).map_err(|error| {
        anyhow::anyhow!(
            "invalid value '{}' for '--log <FILTER>': {error}; should be such as info or info,server=debug",
            config.log
        )
    })
}

/// The use cases over the data folder, for a command that is done in a moment.
async fn open(config: &Config) -> anyhow::Result<Chat> {
    start_logging(config)?;
    open_chat(config, &config.public_url_on(config.listen)).await
}

/// Prints `facts`: as one JSON object, or a line each.
fn print(facts: &serde_json::Value, as_json: bool) {
    if as_json {
        println!("{facts}");
    } else {
        for (name, value) in facts.as_object().into_iter().flatten() {
            println!("{name:<14} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
    }
}
