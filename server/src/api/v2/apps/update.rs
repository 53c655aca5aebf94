use axum::extract::State;
use domain::AppPatch;

use super::AppResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Update an app
///
/// Changes the keys that are there, those of `metadata` too; `null` unsets. `multiConvoEnabled` once on stays on.
#[utoipa::path(
    patch, path = "/apps/{appId}", tag = "Apps", operation_id = "UpdateApp",
    params(AppPath),
    request_body(
        content = AppPatch,
        example = json!({ "displayName": "Tea & Co Ltd", "metadata": { "region": null } }),
    ),
    responses((status = 200, body = AppResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<AppPatch>,
) -> Result<Json<AppResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let app = chat.update_app(scope, body).await?;
    Ok(Json(AppResponse { app }))
}
