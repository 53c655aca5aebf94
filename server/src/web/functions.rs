//! `POST /fn/…`: the server functions of the page.

use std::sync::Arc;

use app::AppError;
use app::backend::BackendHandle;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};
use leptos::context::provide_context;

use super::client::Client;
use super::{errors, headers, origin};
use crate::backend::VisitorBackend;
use crate::guard::whole_seconds;
use crate::state::AppState;

/// An error of ours is a few words.
const ERROR_BYTES: usize = 64 * 1024;

/// Runs the server function at the request's path, as the visitor that its cookies name.
pub async fn call(State(state): State<AppState>, client: Client, request: Request) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [("allow", "POST")]).into_response();
    }
    if !origin::is_ours_or_absent(request.headers(), &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    if let Err(wait) = state.limits.view(client.address) {
        let problem = AppError::TooMany(whole_seconds(wait));
        let mut answer = (errors::status(&problem), headers::no_store(), Json(&problem)).into_response();
        errors::say_when(&problem, &mut answer);
        return answer;
    }
    let backend = Arc::new(VisitorBackend::new(state, client.headers, client.address));
    let handle = BackendHandle(backend.clone());
    let context = move || provide_context(handle.clone());
    let answer = leptos_axum::handle_server_fns_with_context(context, request.map(Body::new)).await;
    let mut answer = with_status(answer.into_response()).await;
    answer.headers_mut().extend(headers::no_store());
    if let Some(cookie) = backend.take_cookie().and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

/// Leptos answers every error of a server function with 500; the error itself says better.
async fn with_status(answer: Response) -> Response {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, ERROR_BYTES).await.unwrap_or_default();
    if let Ok(problem) = serde_json::from_slice::<AppError>(&body) {
        head.status = errors::status(&problem);
        let mut answer = Response::from_parts(head, Body::from(body));
        errors::say_when(&problem, &mut answer);
        return answer;
    }
    Response::from_parts(head, Body::from(body))
}
