use axum::extract::State;

use super::{ConversationResponse, conversation_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

/// Get a conversation
#[utoipa::path(
    get, path = "/apps/{appId}/conversations/{conversationId}", tag = "Conversations", operation_id = "GetConversation",
    params(ConversationPath), responses((status = 200, body = ConversationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = chat.require_conversation(scope, conversation_id(&path.conversation_id)?).await?;
    Ok(Json(ConversationResponse { conversation }))
}
