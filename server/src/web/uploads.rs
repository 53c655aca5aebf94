//! `POST /chat/{integrationId}/upload`, `POST /embed/{integrationId}/upload`: a file from a page with scripts, which shows how
//! far it is and tries again.

use app::start::{Sent, Surface};
use app::{AppError, Visitor};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, SET_COOKIE};
use http::{HeaderMap, StatusCode};

use super::client::Client;
use super::form::Deed;
use super::posted::Posted;
use super::way::Wanted;
use super::{errors, headers, origin};
use crate::backend::VisitorBackend;
use crate::state::AppState;

type PageId = Result<Path<String>, PathRejection>;

pub async fn chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Body) -> Response {
    answer(state, Surface::Chat, id, query, client, body).await
}

pub async fn embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Body) -> Response {
    answer(state, Surface::Embed, id, query, client, body).await
}

async fn answer(
    State(state): State<AppState>,
    surface: Surface,
    id: PageId,
    RawQuery(query): RawQuery,
    Client { headers, address }: Client,
    body: Body,
) -> Response {
    if !origin::is_ours_or_absent(&headers, &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    let backend = VisitorBackend::new(state.clone(), headers.clone(), address);
    let mut answer = match upload(&state, &backend, surface, id, query.unwrap_or_default(), &headers, body).await {
        Ok(sent) => (headers::no_store(), Json(sent)).into_response(),
        Err(problem) => {
            let mut answer = (errors::status(&problem), headers::no_store(), Json(&problem)).into_response();
            errors::say_when(&problem, &mut answer);
            answer
        }
    };
    if let Some(cookie) = backend.take_cookie().and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

async fn upload(
    state: &AppState,
    backend: &VisitorBackend,
    surface: Surface,
    id: PageId,
    query: String,
    headers: &HeaderMap,
    body: Body,
) -> Result<Sent, AppError> {
    let integration = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(AppError::NotFound)?;
    let posted = Posted::read(state, headers, body).await.map_err(|unread| unread.problem)?;
    let Deed::Say { client_id, text } = posted.form.deed else { return Err(AppError::FileInvalid) };
    let client_id = client_id.parse().map_err(|error| AppError::Invalid(domain::Invalid::to_string(&error)))?;
    let file = posted.files.into_iter().next().ok_or(AppError::FileInvalid)?;
    let (conversation, fresh) = Wanted::of(&query).place();
    let visitor = Visitor { integration, surface, token: posted.form.visitor, conversation, fresh, query };
    let posted = backend.upload(&visitor, client_id, file, text).await?;
    backend.sent(&visitor, posted).await
}
