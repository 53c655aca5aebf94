use axum::extract::State;
use domain::Conversation;
use serde::Serialize;

use super::conversation_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

#[derive(Serialize)]
pub struct ConversationResponse {
    conversation: Conversation,
}

/// `GET /v2/apps/{appId}/conversations/{conversationId}`
pub async fn handler(
    caller: Caller,
    Path((app, conversation)): Path<(String, String)>,
    State(chat): State<Chat>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let conversation = chat.require_conversation(scope, conversation_id(&conversation)?).await?;
    Ok(Json(ConversationResponse { conversation }))
}
