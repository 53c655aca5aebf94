//! Logs and figures. Never a text, a name, a token, an e-mail or a query string.

use std::error::Error;
use std::io::IsTerminal;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::Instrument as _;
use tracing_subscriber::EnvFilter;

use crate::clock::random_bytes;

pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Starts logging: lines for a person on a terminal, JSON else.
/// # Errors
/// When `filter` is not a filter such as `info,server=debug`.
pub fn start_logging(filter: &str) -> Result<(), tracing_subscriber::filter::ParseError> {
    // The client of NATS tells of every try to connect; what matters of that is told once.
    let filter = EnvFilter::builder().parse(format!("async_nats=off,{filter}"))?;
    // A line that can't be written is lost. To complain of it, in the same place, would end whoever wrote it by a panic.
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    // A second start in one process (tests) keeps the first.
    let _already_started = if std::io::stderr().is_terminal() {
        logs.compact().try_init()
    } else {
        logs.json().flatten_event(true).try_init()
    };
    Ok(())
}

/// An error and everything that caused it, in one line for the log.
pub fn causes(error: &dyn Error) -> String {
    let chain = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The process-wide recorder of figures, in Prometheus's own buckets for the distributions there are.
/// # Panics
/// Never: the bucket lists are not empty.
pub fn metrics_handle() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(
                Matcher::Full("parlor_http_request_duration_seconds".to_owned()),
                &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0],
            )
            .and_then(|builder| {
                builder.set_buckets_for_metric(
                    Matcher::Full("parlor_storage_writes_per_commit".to_owned()),
                    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
                )
            })
            .and_then(|builder| {
                builder.set_buckets_for_metric(
                    Matcher::Full("parlor_webhook_attempt_duration_seconds".to_owned()),
                    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0],
                )
            })
            .expect("the lists are not empty")
            .build_recorder();
        let handle = recorder.handle();
        // Somebody embedding this crate may have a recorder of their own.
        let _kept = metrics::set_global_recorder(recorder);
        handle
    };
    HANDLE.get_or_init(install).clone()
}

/// Draws request ids; one that a proxy gave is kept.
#[derive(Clone, Copy)]
pub struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&hex::encode(random_bytes::<8>())).ok().map(RequestId::new)
    }
}

/// One span and one line a request, by route rather than by path, and its figures.
pub async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    // Any word may be a method; only the known ones may be a label.
    let method = match *request.method() {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            request.method().as_str().to_owned()
        }
        _ => "other".to_owned(),
    };
    let id = request.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!("request", id, method, route);
    let begun = Instant::now();
    async move {
        let response = next.run(request).await;
        let took = begun.elapsed();
        let status = response.status().as_u16();
        tracing::debug!(status, took_ms = took.as_millis(), "answered");
        let labels = [("route", route.clone()), ("method", method), ("status", status.to_string())];
        metrics::counter!("parlor_http_requests_total", &labels).increment(1);
        metrics::histogram!("parlor_http_request_duration_seconds", "route" => route).record(took.as_secs_f64());
        response
    }
    .instrument(span)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ChatError;
    use crate::storage::StorageError;

    #[test]
    fn a_fault_is_logged_with_its_cause() {
        let corrupt = StorageError::Corrupt { table: "messages", column: "content", source: "not JSON".into() };
        let chain = "storage failed: unreadable value in messages.content: not JSON";
        assert_eq!(causes(&ChatError::Broken(corrupt)), chain);
    }
}
