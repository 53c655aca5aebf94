//! `GET /chat/{integration}/{conversation}/read`: the page of a browser without scripts stands on its screen.
//!
//! A script would say so by itself; without one, an invisible picture on the page does. The cookie proves who reads, and `page` that
//! it is for their page: it names the session that the page was written for, which no other site knows.

use app::backend::Backend;
use app::start::Surface;
use app::{AppError, Visitor};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::{ConversationId, IntegrationId, SessionId};
use http::StatusCode;
use serde::Deserialize;

use super::client::Client;
use super::{errors, headers, origin};
use crate::backend::VisitorBackend;
use crate::state::AppState;

type Place = Result<Path<(IntegrationId, ConversationId)>, PathRejection>;
type Page = Result<Query<OfSession>, QueryRejection>;

#[derive(Deserialize)]
pub struct OfSession {
    page: SessionId,
}

pub async fn chat(state: State<AppState>, place: Place, page: Page, client: Client) -> Response {
    answer(state, Surface::Chat, place, page, client).await
}

pub async fn embed(state: State<AppState>, place: Place, page: Page, client: Client) -> Response {
    answer(state, Surface::Embed, place, page, client).await
}

async fn answer(
    State(state): State<AppState>,
    surface: Surface,
    place: Place,
    page: Page,
    Client { headers, address }: Client,
) -> Response {
    let (Ok(Path((integration, conversation))), Ok(Query(OfSession { page }))) = (place, page) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !origin::is_ours_or_absent(&headers, &state.site) {
        return (StatusCode::FORBIDDEN, "the page is of another origin").into_response();
    }
    let visitor = Visitor {
        integration,
        surface,
        token: Some(page.to_string()),
        conversation: Some(conversation),
        fresh: None,
        query: String::new(),
    };
    let read = VisitorBackend::new(state, headers, address).mark_read(visitor, conversation).await;
    let status = read.map_or_else(|problem: AppError| errors::status(&problem), |()| StatusCode::NO_CONTENT);
    (status, headers::no_store()).into_response()
}
