use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::SessionPath;
use crate::chat::Chat;

/// End a session
///
/// Its open pages are closed, and its browser goes on as a stranger. It stays in the list; ending it again changes nothing.
#[utoipa::path(
    delete, path = "/apps/{appId}/users/{userIdOrExternalId}/sessions/{sessionId}", tag = "Sessions",
    operation_id = "RevokeSession",
    params(SessionPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SessionPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.revoke_session(scope, path.user_id_or_external_id, path.session_id.parse().ok()).await?;
    Ok(Json(Nothing {}))
}
