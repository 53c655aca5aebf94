//! From the start of the process to its first answer, with a database that has seen use.

use anyhow::Result;

use super::TURNS;
use crate::parlor::Parlor;
use crate::report::Report;
use crate::store::Store;

pub async fn run(report: &mut Report, store: &Store) -> Result<()> {
    let mut parlor = Parlor::start(store).await?;
    let visitor = parlor.visitor().await?;
    parlor.fill(&visitor, 20_000).await?;
    let mut took = Vec::new();
    for _ in 0..TURNS {
        parlor.restart().await?;
        took.push(parlor.server.started_in.as_secs_f64() * 1000.0);
    }
    report.spread("cold start to first answer", &took, "ms", "300 ms at most");
    parlor.server.stop().await
}
