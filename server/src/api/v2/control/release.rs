use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, ControlChange};

/// Release control
///
/// Nobody in particular answers. Takes no body.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/releaseControl", tag = "SwitchboardActions",
    operation_id = "ReleaseControl",
    params(ConversationPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    chat.change_control(scope, conversation, ControlChange::Release, None).await?;
    Ok(Json(Nothing {}))
}
