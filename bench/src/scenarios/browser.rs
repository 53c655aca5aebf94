//! What a visitor's browser has to do: come to life, hold still meanwhile, and scroll.
//!
//! Chromium runs `end2end/bench/*.bench.ts`, which say what exactly they measure; here are the server and its conversations.
//! The browser has both cores: it is several processes, and the server has nothing to do beside it.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use super::TURNS;
use crate::parlor::{Parlor, Visitor};
use crate::report::Report;
use crate::store::Store;

/// Messages on the page that comes to life, the most that one may hold …
const SHOWN: usize = 200;
/// … and on the one that is scrolled.
const LOADED: i64 = 10_000;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end");

pub async fn run(report: &mut Report) -> Result<()> {
    let shown = SHOWN.to_string();
    let parlor = Parlor::start_with(&Store::Sqlite, &["--page-messages", &shown]).await?;
    let visitor = parlor.visitor().await?;
    parlor.fill(&visitor, LOADED).await?;

    let life = measure("life", &parlor, &visitor).await?;
    let slowed = format!("{SHOWN} messages on a CPU slowed down 4 times");
    report.spread(&format!("hydration, {slowed}"), &values(&life, "hydration")?, "ms", "500 ms at most");
    report.spread(&format!("from navigation to life, {slowed}"), &values(&life, "navigation")?, "ms", "");
    report.spread("layout shift while a page loads and comes to life", &values(&life, "shift")?, "", "0.01 at most");

    let scroll = measure("scroll", &parlor, &visitor).await?;
    let what = format!("a frame of scrolling {LOADED} loaded messages, p95");
    let (frame, bare) = (values(&scroll, "frame")?, values(&scroll, "bare")?);
    report.spread(&what, &frame, "ms", "16 ms at most");
    report.ratio(&format!("{what}, against a page of bare texts"), &frame, &bare, "ms", "");
    parlor.server.stop().await
}

/// The figures that `script` prints, as a line of JSON.
async fn measure(script: &str, parlor: &Parlor, visitor: &Visitor) -> Result<Value> {
    let cookies = visitor.cookie.trim().trim_start_matches("cookie: ").to_owned();
    let output = Command::new("taskset")
        .args(["-c", "0,1", "node_modules/.bin/playwright", "test", "--config", "bench/playwright.config.ts", script])
        .current_dir(Path::new(FOLDER))
        .env("BENCH_URL", format!("http://{}/chat/{}", parlor.server.address, parlor.integration))
        .env("BENCH_COOKIES", cookies)
        .env("BENCH_TURNS", TURNS.to_string())
        .env("BENCH_MESSAGES", LOADED.to_string())
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("Playwright runs; `scripts/setup.sh test` installs it")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{script}:\n{printed}");
    let line = printed.lines().find(|line| line.starts_with('{')).context("a line of figures")?;
    Ok(serde_json::from_str(line)?)
}

/// Those called `name`, one a turn.
fn values(figures: &Value, name: &str) -> Result<Vec<f64>> {
    let values: Vec<f64> = figures[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    ensure!(values.len() == TURNS, "{name}: {} values", values.len());
    Ok(values)
}
