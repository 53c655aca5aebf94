//! Liveness, readiness and figures, for whoever operates this.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::headers::no_store;
use crate::state::AppState;
use crate::telemetry::causes;

/// `GET /healthz`: the process answers.
pub async fn live() -> Response {
    (no_store(), "ok\n").into_response()
}

/// `GET /readyz`: the database answers (its schema was brought up to date before the first request was taken) and this
/// process still takes requests. Without NATS it does, only slower: a load balancer that took all nodes out for that would turn
/// a delay into an outage.
pub async fn ready(State(state): State<AppState>) -> Response {
    let (status, text) = if state.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else if let Err(error) = state.chat.storage().ping().await {
        tracing::warn!(error = causes(&error), "not ready");
        (StatusCode::SERVICE_UNAVAILABLE, "database unreachable\n")
    } else if state.chat.fanout().hears_others() == Some(false) {
        (StatusCode::OK, "ready, but NATS is unreachable: events of other nodes come some seconds late\n")
    } else {
        (StatusCode::OK, "ready\n")
    };
    (status, no_store(), text).into_response()
}

/// `GET /metrics`: Prometheus text.
pub async fn metrics(State(state): State<AppState>) -> Response {
    ([("content-type", "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}
