use axum::extract::State;

use super::KeyResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppKeyPath;
use crate::chat::{Chat, KeyOwner};

/// Get an app's key
#[utoipa::path(
    get, path = "/apps/{appId}/keys/{keyId}", tag = "AppKeys", operation_id = "GetAppKey",
    params(AppKeyPath), responses((status = 200, body = KeyResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppKeyPath>,
    State(chat): State<Chat>,
) -> Result<Json<KeyResponse>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(&path.app_id).await?.app());
    Ok(Json(chat.require_key(owner, &path.key_id).await?.into()))
}
