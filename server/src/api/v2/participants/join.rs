use axum::extract::State;
use domain::{Invitee, Participant};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct ParticipantResponse {
    participant: Participant,
}

/// Join a conversation
///
/// Has a user take part in a group; one who does already stays. Exactly one of
/// `userId` and `userExternalId` says who; a group has ten at most, a personal conversation takes nobody in.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/join", tag = "Participants",
    operation_id = "JoinConversation",
    params(ConversationPath),
    request_body(content = Invitee, example = json!({ "userExternalId": "bob", "subscribeSDKClient": true })),
    responses((status = 201, body = ParticipantResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<Invitee>,
) -> Result<(StatusCode, Json<ParticipantResponse>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let participant = chat.join(scope, conversation_id(&path.conversation_id)?, body).await?;
    Ok((StatusCode::CREATED, Json(ParticipantResponse { participant })))
}
