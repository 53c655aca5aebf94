//! Who asks: the browser's headers, and the address that the request comes from.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use app::start::{PageBody, Surface};
use axum::extract::{ConnectInfo, FromRequestParts, RawQuery, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::headers::no_store;
use super::pages::Ask;
use crate::guard::{ClientAddress, whole_seconds};
use crate::state::AppState;

/// A request's headers and where it comes from.
#[derive(Debug, Clone)]
pub struct Client {
    pub headers: HeaderMap,
    pub address: ClientAddress,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get().copied().expect("every request passes `locate`");
        Ok(Self { headers: parts.headers.clone(), address })
    }
}

/// Notes in the request where its client is.
pub async fn locate(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = state.proxies.client(peer.ip(), request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Counts views of what visitors look at. What they post is counted where it is known who they are.
pub async fn count_views(State(state): State<AppState>, client: Client, request: Request, next: Next) -> Response {
    let is_view = matches!(*request.method(), Method::GET | Method::HEAD);
    match state.limits.view(client.address) {
        Err(wait) if is_view => {
            let query = RawQuery(request.uri().query().map(str::to_owned));
            too_many(&Ask::new(State(state), Surface::Chat, client, query), wait)
        }
        _ => next.run(request).await,
    }
}

/// Asks for a moment's patience: on a page for people, in a line for everything else.
pub(super) fn too_many(ask: &Ask, wait: Duration) -> Response {
    let wants_page =
        ask.headers.get(ACCEPT).is_none_or(|kinds| kinds.as_bytes().windows(9).any(|it| it == b"text/html"));
    let mut answer = if wants_page {
        ask.document(None, ask.look(None), PageBody::TooMany, StatusCode::TOO_MANY_REQUESTS)
    } else {
        (StatusCode::TOO_MANY_REQUESTS, no_store(), "too many requests; try again in a moment").into_response()
    };
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    answer
}
