//! Our own server under test: the release binary, an app of its own, visitors with conversations.

use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::http::Connection;
use crate::process::Server;

pub const JSON: &str = "application/json";

pub struct Parlor {
    pub server: Server,
    pub app: String,
    pub integration: String,
    /// The `authorization` header of the app's key.
    pub authorization: String,
}

/// Somebody with a conversation.
#[derive(Clone)]
pub struct Visitor {
    pub cookie: String,
    pub conversation: String,
}

fn binary() -> Result<String> {
    std::env::var("PARLOR_BIN").context("PARLOR_BIN names the release binary; `make bench` sets it")
}

impl Parlor {
    /// Starts the server on the database in `data`, with a new app.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &[]).await
    }

    /// The same with further flags.
    pub async fn start_with(data: &Path, flags: &[&str]) -> Result<Self> {
        let folder = data.display().to_string();
        let output = tokio::process::Command::new(binary()?)
            .args(["provision", "--json", "--data-dir", &folder])
            .output()
            .await?;
        let made: Value = serde_json::from_slice(&output.stdout).context("provision prints JSON")?;
        let text = |key: &str| made[key].as_str().unwrap_or_default().to_owned();
        let usual = ["serve", "--listen", "{listen}", "--data-dir", &folder, "--log", "warn"];
        // All visitors come from one address, and faster than people do.
        let unlimited = [
            "--visitor-rate=0",
            "--address-rate=0",
            "--link-rate=0",
            "--app-rate=0",
            "--api-rate=0",
            "--form-pause=0s",
            "--max-sockets=0",
            "--address-sockets=0",
        ];
        let arguments: Vec<String> = usual.iter().chain(&unlimited).chain(flags).map(ToString::to_string).collect();
        let server = Server::start(&binary()?, &arguments, "/readyz").await?;
        let credentials = format!("{}:{}", text("keyId"), text("secret"));
        let authorization = format!("authorization: Basic {}\r\n", STANDARD.encode(credentials));
        Ok(Self { server, app: text("appId"), integration: text("integrationId"), authorization })
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
pub fn sentence(number: usize) -> String {
    format!("Message {number}: your parcel left our warehouse this morning and should be with you by Thursday.")
}

/// Fills the conversation of `visitor` up to `total` messages straight in the database: a million posts would take too long.
pub async fn fill(database: &Path, visitor: &Visitor, total: usize) -> Result<()> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", database.display())).await?;
    sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    let insert = "INSERT INTO messages (conversation_id, seq, id, received, author_type, user_id, author, content, source, sent_as)
            SELECT $1, $2, printf('%024x', $2 + abs(random() % 1000000000) * 1000000), $3, 'business', NULL,
                '{\"displayName\":\"Ann\"}', $4, '{\"type\":\"api:conversations\"}', NULL;
        INSERT INTO log (conversation_id, seq, kind, at, user_id) VALUES ($1, $2, 'message', $3, NULL)";
    for seq in 2..=total {
        let seq_number = i64::try_from(seq)?;
        sqlx::query(insert)
            .bind(&visitor.conversation)
            .bind(seq_number)
            .bind(1_767_225_600_000 + seq_number * 60_000)
            .bind(json!({ "type": "text", "text": sentence(seq) }).to_string())
            .execute(&mut *transaction)
            .await?;
    }
    sqlx::query("UPDATE conversations SET seq = $2, message_count = $2 WHERE id = $1")
        .bind(&visitor.conversation)
        .bind(i64::try_from(total)?)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}
