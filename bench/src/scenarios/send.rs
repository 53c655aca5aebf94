//! Acknowledged durable sends, 64 at once: through the API as the business, and through the page's function as visitors.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, ensure};
use serde_json::json;
use tempfile::TempDir;

use super::{TURNS, answered_per_second, start_bare};
use crate::http::Connection;
use crate::parlor::{JSON, Parlor, says, sentence};
use crate::report::Report;

const CONNECTIONS: usize = 64;

pub async fn run(report: &mut Report) -> Result<()> {
    let data = TempDir::new()?;
    let parlor = Parlor::start(data.path()).await?;
    let bare = start_bare(&data.path().join("bare.db"), &data.path().join("none")).await?;
    let mut visitors = Vec::new();
    for _ in 0..CONNECTIONS {
        visitors.push(parlor.visitor().await?);
    }
    let sent = AtomicUsize::new(0);
    let text = || sentence(sent.fetch_add(1, Ordering::Relaxed));
    let (mut by_api, mut by_page, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let connections = open(&parlor.server.address, |_| parlor.authorization.clone()).await?;
        let ask = async |index: usize, connection: &mut Connection| {
            // Spread over as many conversations as there are senders.
            let path = parlor.messages_path(&visitors[index]);
            ensure!(connection.post(&path, JSON, &says(&text())).await?.status == 201, "a message posted");
            Ok(())
        };
        by_api.push(answered_per_second(connections, ask).await?);

        let connections = open(&parlor.server.address, |index| visitors[index].cookie.clone()).await?;
        let ask = async |_, connection: &mut Connection| {
            let text = text();
            let client_id = text.split(':').next().unwrap_or_default().replace(' ', "-");
            let body = json!({
                "visitor": { "integration": parlor.integration, "surface": "chat" },
                "client_id": client_id,
                "say": { "text": text },
            });
            ensure!(
                connection.post("/fn/send_message", JSON, &body.to_string()).await?.status == 200,
                "a message sent"
            );
            Ok(())
        };
        by_page.push(answered_per_second(connections, ask).await?);

        let connections = open(&bare.address, |_| String::new()).await?;
        let ask = async |_, connection: &mut Connection| {
            ensure!(connection.post("/send/room", JSON, &says(&text())).await?.status == 200, "a row stored");
            Ok(())
        };
        theirs.push(answered_per_second(connections, ask).await?);
    }
    report.ratio(
        "durable sends through the API, 64 at once, against bare",
        &by_api,
        &theirs,
        "sends/s",
        "0.3 at least, aim 0.5",
    );
    report.ratio(
        "durable sends through the page, 64 at once, against bare",
        &by_page,
        &theirs,
        "sends/s",
        "0.3 at least, aim 0.5",
    );
    bare.stop().await?;
    parlor.server.stop().await
}

async fn open(address: &str, headers: impl Fn(usize) -> String) -> Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for index in 0..CONNECTIONS {
        let mut connection = Connection::open(address).await?;
        connection.headers = headers(index);
        connections.push(connection);
    }
    Ok(connections)
}
