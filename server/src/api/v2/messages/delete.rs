use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::MessagePath;
use crate::chat::{Chat, ChatError, Noun};

/// Delete a message
///
/// What it said is served nowhere any more; open pages drop it at once.
#[utoipa::path(
    delete, path = "/apps/{appId}/conversations/{conversationId}/messages/{messageId}", tag = "Messages",
    operation_id = "DeleteMessage", params(MessagePath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<MessagePath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    let Ok(message) = path.message_id.parse() else {
        chat.require_conversation(scope, conversation).await?;
        return Err(ChatError::NotFound(Noun::Message).into());
    };
    chat.delete_message(scope, conversation, message).await?;
    Ok(Json(Nothing {}))
}
