//! Resident memory of an idle process, and of each idle listener.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::StreamExt as _;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::parlor::Parlor;
use crate::report::Report;
use crate::store::Store;

const SOCKETS: u32 = 10_000;
const VISITORS: usize = 100;

#[expect(clippy::cast_precision_loss, reason = "kilobytes")]
pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let parlor = Parlor::start(store).await?;
    report.figure(
        "idle process, empty database",
        parlor.server.resident_kb()? as f64 / 1024.0,
        "MiB resident",
        "40 MB at most",
    );
    let mut visitors = Vec::new();
    for _ in 0..VISITORS {
        visitors.push(parlor.visitor().await?);
    }
    let before = parlor.server.resident_kb()?;
    let mut sockets = Vec::new();
    for visitor in visitors.iter().cycle().take(SOCKETS as usize) {
        let url = format!("ws://{}/events?integration={}&since=", parlor.server.address, parlor.integration);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("cookie", visitor.cookie.trim().trim_start_matches("cookie: ").parse()?);
        let (mut socket, _) = connect_async(request).await?;
        ensure!(socket.next().await.is_some(), "a greeting");
        sockets.push(socket);
    }
    // Over a heartbeat, so that what it touches is counted.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let each = (parlor.server.resident_kb()? - before) as f64 / f64::from(SOCKETS);
    report.figure("idle listener, at 10 000", each * 1024.0 / 1000.0, "kB resident each", "12 kB at most");
    drop(sockets);
    parlor.server.stop().await
}
