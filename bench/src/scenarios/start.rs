//! From the start of the process to its first answer, with a database that has seen use.

use anyhow::Result;
use tempfile::TempDir;

use super::TURNS;
use crate::parlor::{Parlor, fill};
use crate::report::Report;
use crate::stats::Spread;

pub async fn run(report: &mut Report) -> Result<()> {
    let data = TempDir::new()?;
    let parlor = Parlor::start(data.path()).await?;
    let visitor = parlor.visitor().await?;
    fill(&data.path().join("parlor.db"), &visitor, 20_000).await?;
    parlor.server.stop().await?;
    let mut took = Vec::new();
    for _ in 0..TURNS {
        let parlor = Parlor::start(data.path()).await?;
        took.push(parlor.server.started_in.as_secs_f64() * 1000.0);
        parlor.server.stop().await?;
    }
    report.figure("cold start to first answer", Spread::of(&took).median, "ms", "300 ms at most");
    Ok(())
}
