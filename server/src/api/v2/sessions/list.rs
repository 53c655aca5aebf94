use axum::extract::State;
use domain::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct SessionsResponse {
    sessions: Vec<Session>,
}

/// List a user's sessions
///
/// The browsers that speak for the user, and those that did: latest seen first, all of them.
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}/sessions", tag = "Sessions", operation_id = "ListSessions",
    params(UserPath), responses((status = 200, body = SessionsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<SessionsResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let sessions = chat.sessions(scope, &path.user_id_or_external_id).await?;
    Ok(Json(SessionsResponse { sessions }))
}
