use axum::extract::State;

use super::AppResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Get an app
#[utoipa::path(
    get, path = "/apps/{appId}", tag = "Apps", operation_id = "GetApp",
    params(AppPath), responses((status = 200, body = AppResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<AppResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let app = chat.require_app(scope).await?;
    Ok(Json(AppResponse { app }))
}
