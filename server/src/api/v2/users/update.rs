use axum::extract::State;
use domain::UserPatch;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

/// Update a user
///
/// Changes the keys that are there, in `profile` and `metadata` one by one; `null` unsets. The external id never changes.
#[utoipa::path(
    patch, path = "/apps/{appId}/users/{userIdOrExternalId}", tag = "Users", operation_id = "UpdateUser",
    params(UserPath),
    request_body(
        content = UserPatch,
        example = json!({ "profile": { "surname": "Lee" }, "metadata": { "tier": "gold" } }),
    ),
    responses((status = 200, body = UserResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<UserPatch>,
) -> Result<Json<UserResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let user = chat.update_user(scope, path.user_id_or_external_id, body).await?;
    Ok(Json(UserResponse { user }))
}
