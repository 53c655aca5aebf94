use axum::extract::State;
use domain::NewUser;
use http::StatusCode;

use super::UserResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `POST /v2/apps/{appId}/users`
pub async fn handler(
    caller: Caller,
    Path(app): Path<String>,
    State(chat): State<Chat>,
    Json(body): Json<NewUser>,
) -> Result<(StatusCode, Json<UserResponse>), ApiError> {
    let scope = caller.scope(&app).await?;
    let user = chat.create_user(scope, body).await?;
    Ok((StatusCode::CREATED, Json(UserResponse { user })))
}
