use axum::extract::State;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

/// Delete a user's personal information
///
/// Names, e-mail, avatar and metadata, and what clients and devices tell. Ids, locale and history stay.
#[utoipa::path(
    delete, path = "/apps/{appId}/users/{userIdOrExternalId}/personalinformation", tag = "Users",
    operation_id = "DeleteUserPersonalInformation",
    params(UserPath), responses((status = 200, body = UserResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<UserResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let user = chat.delete_personal_information(scope, path.user_id_or_external_id).await?;
    Ok(Json(UserResponse { user }))
}
