use axum::extract::State;

use super::ControlTarget;
use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, ControlChange};

/// Offer control
///
/// The seat is asked to answer; an earlier offer is forgotten. `next` is refused where the active seat names none.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/offerControl", tag = "SwitchboardActions",
    operation_id = "OfferControl",
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
    chat.change_control(scope, conversation, ControlChange::Offer(body.switchboard_integration), body.metadata).await?;
    Ok(Json(Nothing {}))
}
