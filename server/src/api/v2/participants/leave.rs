use axum::extract::State;
use domain::Leaver;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

/// Leave a conversation
///
/// Ends a user's membership in a group. Exactly one of `userId`, `userExternalId` and `participantId` says whose.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/leave", tag = "Participants",
    operation_id = "LeaveConversation",
    params(ConversationPath),
    request_body(content = Leaver, example = json!({ "userExternalId": "bob" })),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<Leaver>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.leave(scope, conversation_id(&path.conversation_id)?, body).await?;
    Ok(Json(Nothing {}))
}
