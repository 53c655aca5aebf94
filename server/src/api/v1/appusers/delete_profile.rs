use axum::extract::State;

use super::AppUserResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `DELETE /v1.1/appusers/{user}/profile`: names, e-mail and properties go.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<AppUserResponse>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    let user = chat.delete_personal_information(scope, user.id.to_string()).await?;
    Ok(Json(AppUserResponse::of(&chat, scope, user).await?))
}
