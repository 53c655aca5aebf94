use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::AppKeyPath;
use crate::chat::{Chat, KeyOwner};

/// Delete an app's key
///
/// What it signed is worth nothing from then on.
#[utoipa::path(
    delete, path = "/apps/{appId}/keys/{keyId}", tag = "AppKeys", operation_id = "DeleteAppKey",
    params(AppKeyPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppKeyPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(&path.app_id).await?.app());
    chat.delete_key(owner, &path.key_id).await?;
    Ok(Json(Nothing {}))
}
