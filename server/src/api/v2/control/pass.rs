use axum::extract::State;

use super::ControlTarget;
use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, ControlChange};

/// Pass control
///
/// The seat answers from now on; an open offer is forgotten. `next` is refused where the active seat names none.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/passControl", tag = "SwitchboardActions",
    operation_id = "PassControl",
    params(ConversationPath),
    request_body(
        content = ControlTarget,
        example = json!({ "switchboardIntegration": "next", "metadata": { "why": "asks for a person" } }),
    ),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<ControlTarget>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    chat.change_control(scope, conversation, ControlChange::Pass(body.switchboard_integration), body.metadata).await?;
    Ok(Json(Nothing {}))
}
