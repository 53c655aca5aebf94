use axum::extract::State;
use domain::Metadata;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, ControlChange};

#[derive(Deserialize, ToSchema)]
pub struct AcceptControl {
    /// Told to webhooks.
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// Accept control
///
/// Who was asked answers from now on. Refused where nobody was asked.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/acceptControl", tag = "SwitchboardActions",
    operation_id = "AcceptControl",
    params(ConversationPath),
    request_body(content = AcceptControl, example = json!({ "metadata": { "why": "next in line" } })),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<AcceptControl>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    chat.change_control(scope, conversation, ControlChange::Accept, body.metadata).await?;
    Ok(Json(Nothing {}))
}
