//! Our own server under test: the release binary, an app of its own, visitors with conversations.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Context as _, Result};
pub use bench::shop::{JSON, Visitor, says};
use bench::shop::{Keys, UNLIMITED};
use tempfile::TempDir;

use crate::http::Connection;
use crate::process::Server;
use crate::store::{Database, Store};

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

impl Parlor {
    /// Starts a server on a new database in `store`, with an app.
    pub async fn start(store: &Store) -> Result<Self> {
        Self::start_with(store, &[]).await
    }

    /// The same with further flags.
    pub async fn start_with(store: &Store, flags: &[&str]) -> Result<Self> {
        let folder = TempDir::new()?;
        let database = store.make(folder.path()).await?;
        let data = format!("--data-dir={}", folder.path().display());
        let place = std::iter::once(data).chain(database.flags());
        let Keys { app, integration, authorization } = Keys::provision(&binary()?, place).await?;
        let server = serve(folder.path(), &database, flags).await?;
        Ok(Self { server, database, app, integration, authorization, folder })
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

    /// Somebody new who has said hello.
    pub async fn visitor(&self) -> Result<Visitor> {
        Visitor::arrive(&self.server.address, &self.integration).await
    }

    pub fn messages_path(&self, visitor: &Visitor) -> String {
        format!("/v2/apps/{}/conversations/{}/messages", self.app, visitor.conversation)
    }
}

/// A text of ordinary length.
pub fn sentence(number: impl Display) -> String {
    format!("Message {number}: your parcel left our warehouse this morning and should be with you by Thursday.")
}
