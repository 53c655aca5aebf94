use axum::extract::State;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

/// `DELETE /v1.1/apps/{app}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.account_over(path.app.as_deref()).await?;
    chat.delete_app(scope).await?;
    Ok(Json(Nothing {}))
}
