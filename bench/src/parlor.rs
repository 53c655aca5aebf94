//! Our own server under test: the release binary, an app of its own, visitors with conversations.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Connection;
use crate::process::Server;
use crate::store::{Database, Store};

pub const JSON: &str = "application/json";

/// An installation, and the node that serves it.
pub struct Parlor {
    pub server: Server,
    pub database: Database,
    pub app: String,
    pub integration: String,
    /// The `authorization` header of the app's key.
    pub authorization: String,
    folder: TempDir,
}

/// Somebody with a conversation.
#[derive(Clone)]
pub struct Visitor {
    pub cookie: String,
    pub conversation: String,
}

async fn serve(folder: &Path, database: &Database, flags: &[&str]) -> Result<Server> {
    let mut arguments: Vec<String> =
        ["serve", "--listen", "{listen}", "--log", "warn", "--data-dir"].map(str::to_owned).into();
    arguments.push(folder.display().to_string());
    arguments.extend(UNLIMITED.iter().chain(flags).map(ToString::to_string));
    arguments.extend(database.flags());
    Server::start(&binary()?, &arguments, "/readyz").await
}

fn binary() -> Result<String> {
    std::env::var("PARLOR_BIN").context("PARLOR_BIN names the release binary; `make bench` sets it")
}

/// All visitors come from one address, and faster than people do.
const UNLIMITED: [&str; 8] = [
    "--visitor-rate=0",
    "--address-rate=0",
    "--link-rate=0",
    "--app-rate=0",
    "--api-rate=0",
    "--form-pause=0s",
    "--max-sockets=0",
    "--address-sockets=0",
];

impl Parlor {
    /// Starts a server on a new database in `store`, with an app.
    pub async fn start(store: &Store) -> Result<Self> {
        Self::start_with(store, &[]).await
    }

    /// The same with further flags.
    pub async fn start_with(store: &Store, flags: &[&str]) -> Result<Self> {
        let folder = TempDir::new()?;
        let database = store.make(folder.path()).await?;
        let output = tokio::process::Command::new(binary()?)
            .args(["provision", "--json", "--data-dir"])
            .arg(folder.path())
            .args(database.flags())
            .output()
            .await?;
        let made: Value = serde_json::from_slice(&output.stdout).context("provision prints JSON")?;
        let text = |key: &str| made[key].as_str().unwrap_or_default().to_owned();
        let credentials = format!("{}:{}", text("keyId"), text("secret"));
        let authorization = format!("authorization: Basic {}\r\n", STANDARD.encode(credentials));
        let server = serve(folder.path(), &database, flags).await?;
        Ok(Self { server, database, app: text("appId"), integration: text("integrationId"), authorization, folder })
    }

    /// Ends the server, and starts it again.
    pub async fn restart(&mut self) -> Result<()> {
        self.server.end().await?;
        self.server = self.another_node(&[]).await?;
        Ok(())
    }

    /// Starts another node on the same database.
    pub async fn another_node(&self, flags: &[&str]) -> Result<Server> {
        serve(self.folder.path(), &self.database, flags).await
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Fills the conversation of `visitor` up to `total` messages.
    pub async fn fill(&self, visitor: &Visitor, total: i64) -> Result<()> {
        self.database.fill(visitor, total).await
    }

    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(&self.server.address).await
    }

    /// Opens the page, posts its form, and comes back with a cookie and a conversation.
    pub async fn visitor(&self) -> Result<Visitor> {
        let mut connection = self.connect().await?;
        let path = format!("/chat/{}", self.integration);
        let page = connection.get(&path).await?.text();
        let field = |name: &str| -> Result<String> {
            let tag =
                page.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).context("a hidden field")?;
            Ok(tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).context("its value")?.to_owned())
        };
        let form = format!("client_id={}&visitor={}&text=hello", field("client_id")?, field("visitor")?);
        connection.headers.push_str("cookie: parlor_probe=1\r\n");
        let sent = connection.post(&path, "application/x-www-form-urlencoded", &form).await?;
        let cookie = sent.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("a cookie")?;
        let cookie = format!("cookie: parlor_probe=1; {cookie}\r\n");
        connection.headers.clone_from(&cookie);
        let page = connection.get(&path).await?.text();
        let conversation = page.split("data-conversation-id=\"").nth(1).and_then(|rest| rest.split('"').next());
        Ok(Visitor { cookie, conversation: conversation.context("a conversation")?.to_owned() })
    }

    pub fn messages_path(&self, visitor: &Visitor) -> String {
        format!("/v2/apps/{}/conversations/{}/messages", self.app, visitor.conversation)
    }
}

/// The body of a message of the business.
pub fn says(text: &str) -> String {
    json!({ "author": { "type": "business", "displayName": "Ann" }, "content": { "type": "text", "text": text } })
        .to_string()
}

/// A text of ordinary length.
pub fn sentence(number: impl Display) -> String {
    format!("Message {number}: your parcel left our warehouse this morning and should be with you by Thursday.")
}
