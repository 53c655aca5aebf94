use axum::extract::State;
use serde::Serialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthCodeResponse {
    auth_code: String,
}

/// `GET /v1.1/appusers/{user}/authcode`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<AuthCodeResponse>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    Ok(Json(AuthCodeResponse { auth_code: chat.new_auth_code(scope, user.id).await? }))
}
