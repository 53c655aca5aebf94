//! `POST /fn/…`: the server functions of the page.

use std::sync::Arc;

use app::backend::BackendHandle;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};
use leptos::context::provide_context;

use super::{headers, origin};
use crate::backend::VisitorBackend;
use crate::state::AppState;

/// Runs the server function at the request's path, as the visitor that its cookies name.
pub async fn call(State(state): State<AppState>, request: Request) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [("allow", "POST")]).into_response();
    }
    if !origin::is_ours_or_absent(request.headers(), &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    let backend = Arc::new(VisitorBackend::new(state, request.headers().clone()));
    let handle = BackendHandle(backend.clone());
    let context = move || provide_context(handle.clone());
    let answer = leptos_axum::handle_server_fns_with_context(context, request.map(Body::new)).await;
    let mut answer = answer.into_response();
    answer.headers_mut().extend(headers::no_store());
    if let Some(cookie) = backend.take_cookie().and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}
