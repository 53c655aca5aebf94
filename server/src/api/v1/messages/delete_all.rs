use axum::extract::State;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

/// `DELETE /v1.1/appusers/{user}/messages`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    chat.delete_messages(scope, conversation.id).await?;
    Ok(Json(Nothing {}))
}
