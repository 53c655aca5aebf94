use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

/// Delete all messages
///
/// The conversation itself stays, and has room again.
#[utoipa::path(
    delete, path = "/apps/{appId}/conversations/{conversationId}/messages", tag = "Messages",
    operation_id = "DeleteAllMessages", params(ConversationPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.delete_messages(scope, conversation_id(&path.conversation_id)?).await?;
    Ok(Json(Nothing {}))
}
