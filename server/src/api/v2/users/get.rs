use axum::extract::State;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `GET /v2/apps/{appId}/users/{userIdOrExternalId}`
pub async fn handler(
    caller: Caller,
    Path((app, user)): Path<(String, String)>,
    State(chat): State<Chat>,
) -> Result<Json<UserResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let user = chat.require_user(scope, &user).await?;
    Ok(Json(UserResponse { user }))
}
