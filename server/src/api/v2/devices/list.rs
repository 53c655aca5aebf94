use axum::extract::State;
use domain::Device;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct DevicesResponse {
    devices: Vec<Device>,
}

/// List a user's devices
///
/// Latest seen first, all of them.
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}/devices", tag = "Devices", operation_id = "ListDevices",
    params(UserPath), responses((status = 200, body = DevicesResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<DevicesResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let devices = chat.devices(scope, &path.user_id_or_external_id).await?;
    Ok(Json(DevicesResponse { devices }))
}
