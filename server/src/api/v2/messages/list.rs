use axum::extract::State;
use domain::{Message, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::ConversationPath;
use crate::state::AppState;

/// The contract fixes it: `page[size]` is ignored.
const PAGE_SIZE: u32 = 100;

#[derive(Serialize, ToSchema)]
pub struct MessagesResponse {
    messages: Vec<Message>,
    meta: Meta,
    links: Links,
}

/// List messages
///
/// Without a cursor the newest page; oldest first in a page, a hundred each.
#[utoipa::path(
    get, path = "/apps/{appId}/conversations/{conversationId}/messages", tag = "Messages", operation_id = "ListMessages",
    params(ConversationPath, PageQuery), responses((status = 200, body = MessagesResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(ConversationPath { app_id: app, conversation_id: conversation }): Path<ConversationPath>,
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
