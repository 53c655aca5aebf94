use axum::extract::State;

use super::AppResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `GET /v1.1/apps/{app}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<AppResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(chat.require_app(scope).await?.into()))
}
