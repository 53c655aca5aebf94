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
#[schema(example = json!({ "sessions": [{
    "id": "65f0a1b2c3d4e5f6aabbccdd",
    "integrationId": "65f0a1b2c3d4e5f6aabbcc01",
    "clientId": "65f0a1b2c3d4e5f6aabbcc02",
    "createdAt": "2026-01-01T09:00:00.000Z",
    "lastSeen": "2026-01-01T09:12:00.000Z",
    "info": { "userAgent": "Mozilla/5.0", "browserLanguage": "en-CA" },
    "expiresAt": "2026-01-02T09:00:00.000Z",
}] }))]
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
