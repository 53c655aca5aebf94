//! A page of history in a long conversation against one in a short one.

use std::time::Instant;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use super::TURNS;
use crate::parlor::{Parlor, fill};
use crate::report::Report;
use crate::stats::percentile;

const LONG: usize = 100_000;
const SHORT: usize = 100;
const REQUESTS: usize = 400;

pub async fn run(report: &mut Report) -> Result<()> {
    let data = TempDir::new()?;
    let parlor = Parlor::start(data.path()).await?;
    let (long, short) = (parlor.visitor().await?, parlor.visitor().await?);
    fill(&data.path().join("parlor.db"), &long, LONG).await?;
    fill(&data.path().join("parlor.db"), &short, SHORT).await?;
    let page = format!("/chat/{}", parlor.integration);
    for (what, long_query, short_query) in [
        ("newest page", String::new(), String::new()),
        ("a page further up", format!("?before={}", LONG / 2), format!("?before={}", SHORT / 2)),
    ] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            for (visitor, query, results) in [(&long, &long_query, &mut ours), (&short, &short_query, &mut theirs)] {
                let mut connection = parlor.connect().await?;
                connection.headers.clone_from(&visitor.cookie);
                let path = format!("{page}{query}");
                let mut took = Vec::with_capacity(REQUESTS);
                for _ in 0..REQUESTS {
                    let begun = Instant::now();
                    ensure!(connection.get(&path).await?.status == 200, "a page");
                    took.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                took.sort_by(f64::total_cmp);
                results.push(percentile(&took, 50.0));
            }
        }
        report.ratio(&format!("{what} at 100 000 messages, against 100"), &ours, &theirs, "ms", "1.3 at most");
    }
    parlor.server.stop().await
}
