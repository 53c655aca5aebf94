use axum::extract::State;
use domain::NewUser;
use http::StatusCode;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Create a user
///
/// `409` when another user of the app has this `externalId`.
#[utoipa::path(
    post, path = "/apps/{appId}/users", tag = "Users", operation_id = "CreateUser",
    params(AppPath),
    request_body(
        content = NewUser,
        example = json!({
            "externalId": "ann",
            "profile": { "givenName": "Ann", "email": "ann@example.com", "locale": "en-GB" },
        }),
    ),
    responses((status = 201, body = UserResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewUser>,
) -> Result<(StatusCode, Json<UserResponse>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let user = chat.create_user(scope, body).await?;
    Ok((StatusCode::CREATED, Json(UserResponse { user })))
}
