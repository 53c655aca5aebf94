//! A page with 25 messages, rendered on the server, 50 connections.

use anyhow::{Result, ensure};

use super::{TURNS, answered_per_second, start_bare};
use crate::http::Connection;
use crate::parlor::{Parlor, Visitor};
use crate::process::Server;
use crate::report::Report;
use crate::store::{Database, Store};

const CONNECTIONS: usize = 50;
const ROW: &str = "data-message-id=\"";

/// Beside the bare server, where that can read the same database.
pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let parlor = Parlor::start(store).await?;
    let visitor = parlor.visitor().await?;
    parlor.fill(&visitor, 200).await?;
    let path = format!("/chat/{}", parlor.integration);
    let mut connection = parlor.connect().await?;
    connection.headers.clone_from(&visitor.cookie);
    let page = connection.get(&path).await?.text();
    ensure!(page.matches(ROW).count() == 25, "a page of 25 messages");
    let bare = match parlor.database {
        Database::Sqlite(_) => Some(start_bare_beside(&parlor, &page).await?),
        Database::Postgres(_) => None,
    };
    let bare_path = format!("/page/{}", visitor.conversation);
    if let Some(bare) = &bare {
        let bare_page = Connection::open(&bare.address).await?.get(&bare_path).await?.text();
        ensure!(bare_page.matches(ROW).count() == 25, "the bare page has the same rows");
        eprintln!("page: {} bytes, bare {} bytes", page.len(), bare_page.len());
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        ours.push(pages_per_second(&parlor.server, &path, &visitor).await?);
        if let Some(bare) = &bare {
            theirs.push(pages_per_second(bare, &bare_path, &visitor).await?);
        }
    }
    let what = "page of 25 messages, 50 connections";
    if let Some(bare) = bare {
        report.ratio(&format!("{what}, against bare"), &ours, &theirs, "pages/s", "0.2 at least, aim 0.35");
        bare.stop().await?;
    } else {
        report.spread(what, &ours, "pages/s", "");
    }
    parlor.server.stop().await
}

async fn start_bare_beside(parlor: &Parlor, page: &str) -> Result<Server> {
    let file = parlor.folder().join("page.html");
    tokio::fs::write(&file, page).await?;
    start_bare(&parlor.folder().join("parlor.db"), &file).await
}

async fn pages_per_second(server: &Server, path: &str, visitor: &Visitor) -> Result<f64> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(&server.address).await?;
        connection.headers.clone_from(&visitor.cookie);
        connections.push(connection);
    }
    let ask = async |_, connection: &mut Connection| {
        ensure!(connection.get(path).await?.status == 200, "a page");
        Ok(())
    };
    answered_per_second(connections, ask).await
}
