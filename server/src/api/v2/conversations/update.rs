use axum::extract::State;
use domain::ConversationPatch;

use super::{ConversationResponse, conversation_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

/// Update a conversation
///
/// Changes the keys that are there, in `metadata` one by one; `null` unsets.
#[utoipa::path(
    patch, path = "/apps/{appId}/conversations/{conversationId}", tag = "Conversations",
    operation_id = "UpdateConversation",
    params(ConversationPath),
    request_body(
        content = ConversationPatch,
        example = json!({ "displayName": "Order 4711", "metadata": { "order": null } }),
    ),
    responses((status = 200, body = ConversationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<ConversationPatch>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = chat.update_conversation(scope, conversation_id(&path.conversation_id)?, body).await?;
    Ok(Json(ConversationResponse { conversation }))
}
