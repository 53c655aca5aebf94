//! `GET /events`: a WebSocket when the request asks to upgrade, else an event stream.

use std::sync::Arc;

use app::Stationery;
use app::start::Surface;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::IntegrationId;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::listener::{Positions, parse_positions};
use super::{socket, stream};
use crate::auth::visitor_cookie;
use crate::chat::VisitorIdentity;
use crate::state::AppState;
use crate::web::{Look, origin};

#[derive(Deserialize)]
pub struct EventsQuery {
    integration: IntegrationId,
    #[serde(default = "chat")]
    surface: Surface,
    /// `conversation:seq,…`; a socket may say it in its hello instead.
    #[serde(default)]
    since: Option<String>,
    /// A page asks for messages as it shows them.
    #[serde(default)]
    rendered: Option<String>,
}

fn chat() -> Surface {
    Surface::Chat
}

/// What a request says about its listener.
pub struct Request {
    pub integration: IntegrationId,
    /// Known from a cookie or a header; else a socket's hello must tell.
    pub visitor: Option<VisitorIdentity>,
    /// `None` where the request did not say: it may still do so in its hello.
    pub since: Option<Positions>,
    /// What messages are to be rendered on, for a listener that shows them.
    pub stationery: Option<Arc<Stationery>>,
}

/// A visitor's live events.
pub async fn events(
    State(state): State<AppState>,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
    RawQuery(look): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return (StatusCode::BAD_REQUEST, "integration should be the id of a chat page").into_response();
    };
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // A page of another origin can open a socket and the browser adds our cookies, so only a bearer token may come from afar.
    if bearer.is_none() && !origin::is_ours_or_absent(&headers, &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    let cookie = visitor_cookie::visitor_token(&headers, query.surface, query.integration);
    let visitor = bearer.or(cookie).and_then(|token| state.tokens.read(token, query.integration));
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let since = last.or(query.since.as_deref()).map(parse_positions);
    let stationery = if query.rendered.is_some() {
        let page = state.chat.web_integration(query.integration).await.ok().flatten();
        Some(Arc::new(Stationery::new(Look::new(page.as_deref(), &look.unwrap_or_default(), &headers).texts)))
    } else {
        None
    };
    let request = Request { integration: query.integration, visitor, since, stationery };
    match upgrade {
        Ok(upgrade) => socket::open(state, request, upgrade),
        Err(_) => stream::open(state, request).await,
    }
}
