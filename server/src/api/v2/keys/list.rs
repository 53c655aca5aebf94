use axum::extract::State;

use super::KeysResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, KeyOwner};

/// List an app's keys
///
/// Oldest first, all of them.
#[utoipa::path(
    get, path = "/apps/{appId}/keys", tag = "AppKeys", operation_id = "ListAppKeys",
    params(AppPath), responses((status = 200, body = KeysResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<KeysResponse>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(&path.app_id).await?.app());
    Ok(Json(chat.keys(owner).await?.into()))
}
