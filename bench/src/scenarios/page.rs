//! A page with 25 messages, rendered on the server, 50 connections.

use anyhow::{Result, ensure};
use tempfile::TempDir;

use super::{TURNS, answered_per_second, start_bare};
use crate::http::Connection;
use crate::parlor::{Parlor, fill};
use crate::report::Report;

const CONNECTIONS: usize = 50;

pub async fn run(report: &mut Report) -> Result<()> {
    let data = TempDir::new()?;
    let parlor = Parlor::start(data.path()).await?;
    let visitor = parlor.visitor().await?;
    let database = data.path().join("parlor.db");
    fill(&database, &visitor, 200).await?;
    let path = format!("/chat/{}", parlor.integration);
    let mut connection = parlor.connect().await?;
    connection.headers.clone_from(&visitor.cookie);
    let page = connection.get(&path).await?.text();
    ensure!(page.matches("data-message-id=\"").count() == 25, "a page of 25 messages");
    let file = data.path().join("page.html");
    tokio::fs::write(&file, &page).await?;
    let bare = start_bare(&database, &file).await?;
    let bare_path = format!("/page/{}", visitor.conversation);
    let bare_page = Connection::open(&bare.address).await?.get(&bare_path).await?.text();
    ensure!(bare_page.matches("data-message-id=\"").count() == 25, "the bare page has the same rows");
    eprintln!("page: {} bytes, bare {} bytes", page.len(), bare_page.len());

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        for (address, path, results) in
            [(&parlor.server.address, &path, &mut ours), (&bare.address, &bare_path, &mut theirs)]
        {
            let mut connections = Vec::new();
            for _ in 0..CONNECTIONS {
                let mut connection = Connection::open(address).await?;
                connection.headers.clone_from(&visitor.cookie);
                connections.push(connection);
            }
            let ask = async |_, connection: &mut Connection| {
                ensure!(connection.get(path).await?.status == 200, "a page");
                Ok(())
            };
            results.push(answered_per_second(connections, ask).await?);
        }
    }
    report.ratio(
        "page of 25 messages, 50 connections, against bare",
        &ours,
        &theirs,
        "pages/s",
        "0.2 at least, aim 0.35",
    );
    bare.stop().await?;
    parlor.server.stop().await
}
