use axum::extract::State;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

/// Get a user
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}", tag = "Users", operation_id = "GetUser",
    params(UserPath), responses((status = 200, body = UserResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<UserResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let user = chat.require_user(scope, &path.user_id_or_external_id).await?;
    Ok(Json(UserResponse { user }))
}
