//! Resident memory of an idle process, of each idle listener, and of listeners that take nothing of what they are told.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::StreamExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::parlor::{JSON, Parlor, Visitor, says};
use crate::report::Report;
use crate::store::Store;

const SOCKETS: u32 = 10_000;
const VISITORS: usize = 100;
/// What each listener is told while it reads nothing: two hundred kilobytes.
const UNREAD: u32 = 50;
const UNREAD_BYTES: usize = 4_000;
/// What the system keeps for a listener that reads nothing, instead of megabytes.
const SMALL: u32 = 4_096;

#[expect(clippy::cast_precision_loss, reason = "kilobytes")]
pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let parlor = Parlor::start(store).await?;
    let empty = parlor.server.resident_kb()? as f64 / 1024.0;
    report.figure("idle process, empty database", empty, "MiB resident", "40 MB at most");
    let mut visitors = Vec::new();
    for _ in 0..VISITORS {
        visitors.push(parlor.visitor().await?);
    }
    let before = parlor.server.resident_kb()?;
    let mut listeners = Vec::new();
    for visitor in visitors.iter().cycle().take(SOCKETS as usize) {
        listeners.push(listen(&parlor, visitor).await?);
    }
    // Over a heartbeat, so that what it touches is counted.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let idle = parlor.server.resident_kb()?;
    let each = |grown: u64| grown as f64 / f64::from(SOCKETS) * 1024.0 / 1000.0;
    report.figure("idle listener, at 10 000", each(idle - before), "kB resident each", "12 kB at most");

    let mut connection = parlor.connect().await?;
    connection.headers.clone_from(&parlor.authorization);
    let mut most = idle;
    for _ in 0..UNREAD {
        for visitor in &visitors {
            let path = parlor.messages_path(visitor);
            let posted = connection.post(&path, JSON, &says(&"slow ".repeat(UNREAD_BYTES / 5))).await?;
            ensure!(posted.status == 201, "a message posted: {}", posted.text());
        }
        most = most.max(parlor.server.resident_kb()?);
    }
    let what =
        format!("listener that reads nothing of {} kB, at 10 000: the most", UNREAD as usize * UNREAD_BYTES / 1000);
    report.figure(&what, each(most.saturating_sub(before)), "kB resident each", "");
    drop(listeners);
    parlor.server.stop().await
}

async fn listen(parlor: &Parlor, visitor: &Visitor) -> Result<WebSocketStream<TcpStream>> {
    let url = format!("ws://{}/events?integration={}&since=", parlor.server.address, parlor.integration);
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("cookie", visitor.cookie.trim().trim_start_matches("cookie: ").parse()?);
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(SMALL)?;
    let stream = socket.connect(parlor.server.address.parse()?).await?;
    let (mut listener, _) = client_async(request, stream).await?;
    ensure!(listener.next().await.is_some(), "a greeting");
    Ok(listener)
}
