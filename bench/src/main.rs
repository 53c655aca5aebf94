//! `make bench`: what a page weighs, how it does in a browser, and how fast the server is, beside bare servers that do the least for the same job.
//!
//! Each server runs alone on one core and the load comes from the other; the two of a pair take turns, and what counts is the
//! median of the ratios, because the machine may be shared. Nothing here asserts: it prints a table and one line of JSON each.

mod bare;
mod http;
mod parlor;
mod process;
mod receiver;
mod report;
mod scenarios;
mod stats;

use anyhow::Result;

use report::Report;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [kind, rest @ ..] = arguments.as_slice()
        && kind == "bare"
    {
        return bare::serve(rest).await;
    }
    process::pin_self()?;
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    let mut report = Report::default();
    if wanted("weight") {
        scenarios::weight::run(&mut report).await?;
    }
    if wanted("browser") {
        scenarios::browser::run(&mut report).await?;
    }
    if wanted("page") {
        scenarios::page::run(&mut report).await?;
    }
    if wanted("send") {
        scenarios::send::run(&mut report).await?;
    }
    if wanted("fanout") {
        scenarios::fanout::run(&mut report).await?;
    }
    if wanted("hooks") {
        scenarios::hooks::run(&mut report).await?;
    }
    if wanted("idle") {
        scenarios::idle::run(&mut report).await?;
    }
    if wanted("history") {
        scenarios::history::run(&mut report).await?;
    }
    if wanted("start") {
        scenarios::start::run(&mut report).await?;
    }
    report.print();
    Ok(())
}
