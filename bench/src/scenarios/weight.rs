//! Everything that a first visit downloads, as the server sends it to a browser that takes brotli.

use anyhow::Result;

use crate::parlor::Parlor;
use crate::report::Report;
use crate::store::Store;

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
pub async fn run(report: &mut Report) -> Result<()> {
    let parlor = Parlor::start(&Store::Sqlite).await?;
    let mut connection = parlor.connect().await?;
    let plain = connection.get(&format!("/chat/{}", parlor.integration)).await?.text();
    connection.headers.push_str("accept-encoding: br\r\n");
    let html = connection.get(&format!("/chat/{}", parlor.integration)).await?.body.len();
    let mut total = html;
    let mut parts = vec![format!("HTML {html}")];
    let mut seen = Vec::new();
    for piece in plain.split('"').flat_map(|piece| piece.split('\'')) {
        if (piece.starts_with("/pkg/") || piece == "/favicon.svg") && !seen.contains(&piece) {
            seen.push(piece);
            let answer = connection.get(piece).await?;
            anyhow::ensure!(answer.status == 200, "{piece}: {}", answer.status);
            total += answer.body.len();
            parts.push(format!("{} {}", piece.rsplit('.').next().unwrap_or_default(), answer.body.len()));
        }
    }
    report.figure(
        &format!("first visit downloads ({})", parts.join(", ")),
        total as f64 / 1000.0,
        "kB",
        "160 kB at most",
    );
    parlor.server.stop().await
}
