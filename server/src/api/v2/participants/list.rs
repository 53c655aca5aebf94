use axum::extract::State;
use domain::Participant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::ConversationPath;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct ParticipantsResponse {
    participants: Vec<Participant>,
    meta: Meta,
    links: Links,
}

/// List participants
///
/// Longest there first.
#[utoipa::path(
    get, path = "/apps/{appId}/conversations/{conversationId}/participants", tag = "Participants",
    operation_id = "ListParticipants",
    params(ConversationPath, PageQuery), responses((status = 200, body = ParticipantsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(ConversationPath { app_id: app, conversation_id: conversation }): Path<ConversationPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<ParticipantsResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let id = conversation_id(&conversation)?;
    let page = state.chat.participants(scope, id, query.page()?).await?;
    let path = format!("/v2/apps/{app}/conversations/{id}/participants");
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, &query, &state.site, &path);
    Ok(Json(ParticipantsResponse { participants: page.items, meta, links }))
}
