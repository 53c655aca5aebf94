use axum::extract::State;

use super::conversation_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

/// Delete a conversation
///
/// With its messages. A user's default conversation stays.
#[utoipa::path(
    delete, path = "/apps/{appId}/conversations/{conversationId}", tag = "Conversations",
    operation_id = "DeleteConversation",
    params(ConversationPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.delete_conversation(scope, conversation_id(&path.conversation_id)?).await?;
    Ok(Json(Nothing {}))
}
