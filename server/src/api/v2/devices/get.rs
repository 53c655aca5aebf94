use axum::extract::State;
use domain::Device;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::DevicePath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct DeviceResponse {
    device: Device,
}

/// Get a device
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}/devices/{deviceId}", tag = "Devices", operation_id = "GetDevice",
    params(DevicePath), responses((status = 200, body = DeviceResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<DevicePath>,
    State(chat): State<Chat>,
) -> Result<Json<DeviceResponse>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let device = chat.require_device(scope, &path.user_id_or_external_id, path.device_id.parse().ok()).await?;
    Ok(Json(DeviceResponse { device }))
}
