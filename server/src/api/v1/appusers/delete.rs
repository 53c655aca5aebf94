use axum::extract::State;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

/// `DELETE /v1.1/appusers/{user}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    chat.delete_user(scope, user.id.to_string()).await?;
    Ok(Json(Nothing {}))
}
