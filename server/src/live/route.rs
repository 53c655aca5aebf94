//! `GET /events`: a WebSocket when the request asks to upgrade, else an event stream.

use std::sync::Arc;

use app::Stationery;
use app::start::Surface;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::{IntegrationId, Timestamp};
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

use super::listener::{Positions, parse_positions};
use super::{socket, stream};
use crate::auth::user_jwt;
use crate::chat::{ChatError, VisitorIdentity};
use crate::guard::{ClientAddress, NoPlace, Place, whole_seconds};
use crate::state::AppState;
use crate::telemetry::causes;
use crate::web::client::Client;
use crate::web::{Look, origin};

/// What a page with a token says of itself.
const STRANGER: &str = "stranger";
/// How long, in milliseconds, a token without an end opens the line.
const A_DAY: i64 = 24 * 60 * 60 * 1000;

/// When somebody who found no place may look again.
const FULL_SECONDS: u64 = 30;

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
    /// Whom the page was written for: a session's id, or `stranger` where it brings a token. Not said, it is nobody's page.
    #[serde(default)]
    page: Option<String>,
}

fn chat() -> Surface {
    Surface::Chat
}

/// Who listens, as far as the request says.
#[derive(Debug, Clone)]
pub enum Who {
    /// A browser, by its cookie or its token.
    Visitor(VisitorIdentity),
    /// A user, by a token of the business that is good so long.
    User(String, Timestamp),
    /// A socket's hello must tell.
    Unknown,
    /// Nobody who may listen to this: the browser speaks for somebody else than the page was written for.
    Other,
}

/// What a request says about its listener.
pub struct Request {
    pub integration: IntegrationId,
    pub who: Who,
    /// `None` where the request did not say: it may still do so in its hello.
    pub since: Option<Positions>,
    /// Where it is.
    pub address: ClientAddress,
    /// Kept as long as the listener is there.
    pub place: Arc<Place>,
    /// What messages are to be rendered on, for a listener that shows them.
    pub stationery: Option<Arc<Stationery>>,
}

/// A visitor's live events.
pub async fn events(
    State(state): State<AppState>,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
    RawQuery(look): RawQuery,
    Client { headers, address }: Client,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return (StatusCode::BAD_REQUEST, "integration should be the id of a chat page").into_response();
    };
    if let Err(wait) = state.limits.view(address) {
        let when = [(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)))];
        return (StatusCode::TOO_MANY_REQUESTS, when, "too many listeners at once").into_response();
    }
    let place = match state.listeners.take(address) {
        Ok(place) => Arc::new(place),
        Err(full) => {
            let status = match full {
                NoPlace::Here => StatusCode::TOO_MANY_REQUESTS,
                NoPlace::Anywhere => StatusCode::SERVICE_UNAVAILABLE,
            };
            return (status, [(RETRY_AFTER, HeaderValue::from(FULL_SECONDS))], "too many listeners").into_response();
        }
    };
    match state.chat.web_integration(query.integration).await {
        Ok(Some(page)) => match state.chat.require_welcome(page.app, address, None).await {
            Ok(()) => {}
            Err(ChatError::Banned) => return (StatusCode::FORBIDDEN, "you can't listen here").into_response(),
            Err(error) => return unavailable(&error),
        },
        // It is told so below, as whoever has no session.
        Ok(None) => {}
        Err(error) => return unavailable(&error),
    }
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // A page of another origin can open a socket and the browser adds our cookies, so only a bearer token may come from afar.
    if bearer.is_none() && !origin::is_ours_or_absent(&headers, &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    let who = match bearer {
        Some(token) => by_token(&state, query.integration, token).await,
        None => Ok(by_cookie(&state, &query, &headers)),
    };
    let who = match who {
        Ok(who) => who,
        Err(error) => return unavailable(&error),
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let since = last.or(query.since.as_deref()).map(parse_positions);
    let stationery = if query.rendered.is_some() {
        let page = state.chat.web_integration(query.integration).await.ok().flatten();
        Some(Arc::new(Stationery::new(Look::new(page.as_deref(), &look.unwrap_or_default(), &headers).texts)))
    } else {
        None
    };
    let request = Request { integration: query.integration, who, since, address, place, stationery };
    match upgrade {
        Ok(upgrade) => socket::open(state, request, upgrade),
        Err(_) => stream::open(state, request).await,
    }
}

fn unavailable(error: &ChatError) -> Response {
    tracing::error!(error = causes(error), "a listener could not be served");
    (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "2")], "try again").into_response()
}

fn by_cookie(state: &AppState, query: &EventsQuery, headers: &HeaderMap) -> Who {
    let now = state.chat.clock().now();
    let Some(browser) = state.tokens.identify(headers, query.surface, query.integration, None, now) else {
        // A page that was written for a cookie has nothing else to say.
        let had_cookie = query.page.as_ref().is_some_and(|page| page != STRANGER);
        return if had_cookie { Who::Other } else { Who::Unknown };
    };
    let is_theirs = match query.page.as_deref() {
        None => true,
        Some(STRANGER) => browser.login.is_none(),
        Some(session) => session == browser.identity.session.to_string(),
    };
    if is_theirs { Who::Visitor(browser.identity) } else { Who::Other }
}

/// By a visitor's token, else by one that the business signed for a user.
async fn by_token(state: &AppState, integration: IntegrationId, token: &str) -> Result<Who, ChatError> {
    if let Some(visitor) = state.tokens.read(token, integration) {
        return Ok(Who::Visitor(visitor));
    }
    let (chat, now) = (&state.chat, state.chat.clock().now());
    let Some(page) = chat.web_integration(integration).await? else { return Ok(Who::Other) };
    let claims = user_jwt::verify(chat, page.app, token, None, now).await?;
    Ok(claims.map_or(Who::Other, |claims| {
        let until = claims.expires_at.unwrap_or_else(|| now.plus_millis(A_DAY));
        Who::User(claims.external_id, until)
    }))
}
