use axum::extract::State;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::PartPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::{Chat, ChatError, Noun};

/// `DELETE /v1.1/appusers/{user}/messages/{message}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<PartPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    let message = path.part.parse().map_err(|_| ChatError::NotFound(Noun::Message))?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    chat.delete_message(scope, conversation.id, message).await?;
    Ok(Json(Nothing {}))
}
