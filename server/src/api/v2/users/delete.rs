use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

/// Delete a user
///
/// With clients, devices and personal conversations. Groups lose the participant.
#[utoipa::path(
    delete, path = "/apps/{appId}/users/{userIdOrExternalId}", tag = "Users", operation_id = "DeleteUser",
    params(UserPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.delete_user(scope, path.user_id_or_external_id).await?;
    Ok(Json(Nothing {}))
}
