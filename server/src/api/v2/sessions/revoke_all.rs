use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

/// End all sessions of a user
///
/// As ending each of them: the user is logged out everywhere.
#[utoipa::path(
    delete, path = "/apps/{appId}/users/{userIdOrExternalId}/sessions", tag = "Sessions", operation_id = "RevokeSessions",
    params(UserPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.revoke_sessions(scope, path.user_id_or_external_id).await?;
    Ok(Json(Nothing {}))
}
