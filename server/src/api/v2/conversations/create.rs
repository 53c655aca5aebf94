use axum::extract::State;
use domain::NewConversation;
use http::StatusCode;

use super::ConversationResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Create a conversation
///
/// A personal one with exactly one participant, or a group with up to ten. The first personal conversation of a user is the
/// default one.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations", tag = "Conversations", operation_id = "CreateConversation",
    params(AppPath),
    request_body(
        content = NewConversation,
        example = json!({ "type": "personal", "participants": [{ "userExternalId": "ann" }], "metadata": { "order": "4711" } }),
    ),
    responses((status = 201, body = ConversationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewConversation>,
) -> Result<(StatusCode, Json<ConversationResponse>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = chat.create_conversation(scope, body).await?;
    Ok((StatusCode::CREATED, Json(ConversationResponse { conversation })))
}
