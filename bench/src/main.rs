//! `make bench`: what a page weighs, how it does in a browser, and how fast the server is, beside bare servers that do the least for the same job.
//!
//! Each server runs alone on one core, with its database and its other nodes, and the load comes from the other core; the two
//! of a pair take turns, and what counts is the median of the ratios, because the machine may be shared. Nothing here asserts:
//! it prints a table and one line of JSON each.

mod bare;
mod nats;
mod parlor;
mod pgbench;
mod process;
mod receiver;
mod report;
mod scenarios;
mod stats;
mod store;

use anyhow::Result;
use bench::http;

use report::Report;
use store::Store;

const STORES: [&str; 2] = ["sqlite", "postgresql"];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [kind, rest @ ..] = arguments.as_slice()
        && kind == "bare"
    {
        return bare::serve(rest).await;
    }
    process::pin_self()?;
    let mut report = Report::default();
    let wanted = Wanted(arguments);
    if wanted.store(&Store::Sqlite) {
        report.on(Store::Sqlite.name());
        if wanted.scenario("weight") {
            scenarios::weight::run(&mut report).await?;
        }
        if wanted.scenario("browser") {
            scenarios::browser::run(&mut report).await?;
        }
        measure(&wanted, &mut report, &Store::Sqlite).await?;
    }
    if let Ok(url) = std::env::var("PARLOR_TEST_POSTGRES") {
        let store = Store::Postgres(url);
        if wanted.store(&store) {
            report.on(store.name());
            measure(&wanted, &mut report, &store).await?;
        }
    }
    report.print();
    Ok(())
}

/// What there is to measure on either database.
async fn measure(wanted: &Wanted, report: &mut Report, store: &Store) -> Result<()> {
    if wanted.scenario("page") {
        scenarios::page::run(report, store).await?;
    }
    if wanted.scenario("send") {
        scenarios::send::run(report, store).await?;
    }
    if wanted.scenario("fanout") {
        scenarios::fanout::run(report, store).await?;
    }
    if wanted.scenario("hooks") {
        scenarios::hooks::run(report, store).await?;
    }
    if wanted.scenario("idle") {
        scenarios::idle::run(report, store).await?;
    }
    if wanted.scenario("history") {
        scenarios::history::run(report, store).await?;
    }
    if wanted.scenario("start") {
        scenarios::start::run(report, store).await?;
    }
    Ok(())
}

/// The arguments: names of scenarios and of stores; of a kind that is not named, all.
struct Wanted(Vec<String>);

impl Wanted {
    fn scenario(&self, name: &str) -> bool {
        let is_store = |argument: &String| STORES.contains(&argument.as_str());
        self.0.iter().all(is_store) || self.0.iter().any(|argument| argument == name)
    }

    fn store(&self, store: &Store) -> bool {
        let is_store = |argument: &&String| STORES.contains(&argument.as_str());
        let name = store.name().to_lowercase();
        self.0.iter().find(is_store).is_none() || self.0.contains(&name)
    }
}
