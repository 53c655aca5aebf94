//! One file a figure.

pub mod browser;
pub mod fanout;
pub mod history;
pub mod hooks;
pub mod idle;
pub mod page;
pub mod send;
pub mod start;
pub mod weight;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::http::Connection;
use crate::process::Server;

/// Turns that the two servers of a pair take.
pub const TURNS: usize = 5;
/// How long each takes.
pub const TURN: Duration = Duration::from_secs(3);

/// Starts the bare server on `database`, framing rows like the page in `page`.
pub async fn start_bare(database: &Path, page: &Path) -> Result<Server> {
    let program = std::env::current_exe()?.display().to_string();
    let arguments =
        ["bare".to_owned(), "{listen}".to_owned(), database.display().to_string(), page.display().to_string()];
    Server::start(&program, &arguments, "/ready").await
}

/// Requests answered per second while every connection asks again as soon as it has its answer.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub async fn answered_per_second<F>(connections: Vec<Connection>, ask: F) -> Result<f64>
where
    F: AsyncFn(usize, &mut Connection) -> Result<()> + Sync,
{
    let until = Instant::now() + TURN;
    let ask = &ask;
    let asking = connections.into_iter().enumerate().map(|(index, mut connection)| async move {
        let mut answered = 0_u64;
        while Instant::now() < until {
            ask(index, &mut connection).await?;
            answered += 1;
        }
        Ok::<u64, anyhow::Error>(answered)
    });
    let answered: u64 = futures::future::try_join_all(asking).await?.iter().sum();
    Ok(answered as f64 / TURN.as_secs_f64())
}

/// Numbers 0 to `total`, each at its moment.
pub fn schedule(total: u32, rate: u32) -> (JoinHandle<()>, mpsc::Receiver<usize>) {
    let (due, numbers) = mpsc::channel(total as usize);
    let schedule = tokio::spawn(async move {
        let begun = tokio::time::Instant::now();
        for number in 0..total {
            tokio::time::sleep_until(begun + Duration::from_secs_f64(f64::from(number) / f64::from(rate))).await;
            if due.send(number as usize).await.is_err() {
                return;
            }
        }
    });
    (schedule, numbers)
}
