//! `parlor`: hosted chat pages in one binary.

use std::process::ExitCode;

use server::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::from_args().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes included, whatever they are.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
