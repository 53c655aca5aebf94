//! An app of one's own, and who talks in it.

use std::ffi::OsStr;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::http::{Answer, Connection};

pub const JSON: &str = "application/json";
pub const FORM: &str = "application/x-www-form-urlencoded";

/// What a server is told whose visitors all come from one address, and faster than people do.
pub const UNLIMITED: [&str; 8] = [
    "--visitor-rate=0",
    "--address-rate=0",
    "--link-rate=0",
    "--app-rate=0",
    "--api-rate=0",
    "--form-pause=0s",
    "--max-sockets=0",
    "--address-sockets=0",
];

/// A new app.
#[derive(Debug, Clone)]
pub struct Keys {
    pub app: String,
    pub integration: String,
    /// The `authorization` header of the app's key.
    pub authorization: String,
}

impl Keys {
    /// Has `program` make an app in the database that `flags` name.
    pub async fn provision(program: &str, flags: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self> {
        let output = Command::new(program)
            .args(["provision", "--json"])
            .args(flags)
            .stderr(Stdio::inherit())
            .output()
            .await
            .with_context(|| program.to_owned())?;
        ensure!(output.status.success(), "{program} provision ends well");
        let made: Value = serde_json::from_slice(&output.stdout).context("provision prints JSON")?;
        let text = |key: &str| made[key].as_str().unwrap_or_default().to_owned();
        let credentials = format!("{}:{}", text("keyId"), text("secret"));
        let authorization = format!("authorization: Basic {}\r\n", STANDARD.encode(credentials));
        Ok(Self { app: text("appId"), integration: text("integrationId"), authorization })
    }
}

/// A first message, as the page's form sends it.
#[derive(Debug, Clone)]
pub struct Hello {
    path: String,
    form: String,
}

impl Hello {
    /// Opens the page of `integration` and writes `text` into its form.
    pub async fn write(connection: &mut Connection, integration: &str, text: &str) -> Result<Self> {
        let path = format!("/chat/{integration}");
        let page = connection.get(&path).await?;
        ensure!(page.status == 200, "the page is answered with {}", page.status);
        let page = page.text();
        let field = |name: &str| -> Result<String> {
            let tag =
                page.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).context("a hidden field")?;
            Ok(tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).context("its value")?.to_owned())
        };
        let form = format!("client_id={}&visitor={}&text={text}", field("client_id")?, field("visitor")?);
        Ok(Self { path, form })
    }

    /// Sends it; 303 means that it was taken. Sent again, it is the same message.
    pub async fn send(&self, connection: &mut Connection) -> Result<Answer> {
        connection.headers.push_str("cookie: parlor_probe=1\r\n");
        connection.post(&self.path, FORM, &self.form).await
    }
}

/// Somebody with a conversation.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// A line of a request's head.
    pub cookie: String,
    pub conversation: String,
}

impl Visitor {
    /// Opens the page, posts its form, and comes back with a cookie and a conversation.
    pub async fn arrive(address: &str, integration: &str) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let hello = Hello::write(&mut connection, integration, "hello").await?;
        let sent = hello.send(&mut connection).await?;
        ensure!(sent.status == 303, "the form is answered with {}", sent.status);
        let cookie = sent.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("a cookie")?;
        let cookie = format!("cookie: parlor_probe=1; {cookie}\r\n");
        connection.headers.clone_from(&cookie);
        let page = connection.get(&hello.path).await?.text();
        let conversation = page.split("data-conversation-id=\"").nth(1).and_then(|rest| rest.split('"').next());
        Ok(Self { cookie, conversation: conversation.context("a conversation")?.to_owned() })
    }
}

/// The body of a message of the business.
pub fn says(text: &str) -> String {
    json!({ "author": { "type": "business", "displayName": "Ann" }, "content": { "type": "text", "text": text } })
        .to_string()
}
