//! Serves connections, with patience for slow clients but not for those that hold on to one for nothing.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// How long a kept connection may wait for its next request. Longer than the minute for which proxies keep theirs, so that none
/// sends a request into one that is being closed.
const IDLE: Duration = Duration::from_secs(75);
/// Browsers send some 20 headers, and proxies add some.
const HEADERS: usize = 100;
/// The head of a request at most: a cookie or a token is a kilobyte.
const HEAD_BYTES: usize = 64 * 1024;
/// The same where it is told by the size of its parts.
const HEADER_LIST_BYTES: u32 = 64 * 1024;
/// Requests of one connection at a time, where a proxy speaks HTTP/2.
const STREAMS: u32 = 256;
/// How often such a connection is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(30);
/// After an address can't be taken, as when there are too many open: a moment for some of them to close.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers what comes in by `router`, until `draining`; then lets what is open end.
///
/// Whoever sends no whole head of a first request within `patience`, or takes nothing of an answer for that long, is cut off.
pub async fn serve(listener: TcpListener, router: Router, patience: Duration, draining: CancellationToken) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE).max_headers(HEADERS).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(patience)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADER_LIST_BYTES)
        .enable_connect_protocol();
    let connections = TaskTracker::new();
    let builder = Arc::new(builder);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = draining.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (builder, router, draining) = (builder.clone(), router.clone(), draining.clone());
                connections.spawn(async move { connection(&builder, stream, peer, router, patience, draining).await });
            }
            Err(error) => {
                tracing::debug!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Duration,
    draining: CancellationToken,
) {
    // Answers are small and whole: waiting for more to send with them only costs time.
    let _as_it_is = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience));
    let has_asked = Arc::new(AtomicBool::new(false));
    let asked = has_asked.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut served = pin!(builder.serve_connection_with_upgrades(TokioIo::new(Box::pin(stream)), service));
    let mut first = pin!(tokio::time::sleep(patience));
    let (mut is_first, mut is_open) = (true, true);
    loop {
        tokio::select! {
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    note(&*error);
                }
                return;
            }
            () = first.as_mut(), if is_first => {
                is_first = false;
                if !has_asked.load(Ordering::Relaxed) {
                    metrics::counter!("parlor_limited_total", "by" => "slowness").increment(1);
                    return;
                }
            }
            () = draining.cancelled(), if is_open => {
                is_open = false;
                served.as_mut().graceful_shutdown();
            }
        }
    }
}

/// A connection that breaks off is nobody's fault here; one that was cut off for taking nothing is counted.
fn note(error: &(dyn Error + 'static)) {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            metrics::counter!("parlor_limited_total", "by" => "deafness").increment(1);
            return;
        }
        cause = error.source();
    }
}
