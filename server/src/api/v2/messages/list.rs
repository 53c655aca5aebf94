use axum::extract::State;
use domain::{Message, PageRequest};
use serde::Serialize;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, Walk, describe};
use crate::state::AppState;

/// The contract fixes it: `page[size]` is ignored.
const PAGE_SIZE: u32 = 100;

#[derive(Serialize)]
pub struct MessagesResponse {
    messages: Vec<Message>,
    meta: Meta,
    links: Links,
}

/// `GET /v2/apps/{appId}/conversations/{conversationId}/messages`: without a cursor the newest page; oldest first in a page.
pub async fn handler(
    caller: Caller,
    Path((app, conversation)): Path<(String, String)>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<MessagesResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let id = conversation_id(&conversation)?;
    let page = PageRequest { size: PAGE_SIZE, ..query.page_of_any_size()? };
    let page = state.chat.messages(scope, id, page).await?;
    let path = format!("/v2/apps/{app}/conversations/{id}/messages");
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Backward, &query, &state.site, &path);
    Ok(Json(MessagesResponse { messages: page.items, meta, links }))
}
