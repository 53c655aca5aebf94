use axum::extract::State;
use domain::SwitchboardPatch;

use super::{SwitchboardResponse, switchboard_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::SwitchboardPath;
use crate::chat::Chat;

/// Update the switchboard
///
/// It can be switched on once it has a default.
#[utoipa::path(
    patch, path = "/apps/{appId}/switchboards/{switchboardId}", tag = "Switchboards",
    operation_id = "UpdateSwitchboard",
    params(SwitchboardPath),
    request_body(
        content = SwitchboardPatch,
        example = json!({ "enabled": true, "defaultSwitchboardIntegrationId": "65f0a1b2c3d4e5f6aabbccdd" }),
    ),
    responses((status = 200, body = SwitchboardResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardPath>,
    State(chat): State<Chat>,
    Json(body): Json<SwitchboardPatch>,
) -> Result<Json<SwitchboardResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let switchboard = chat.update_switchboard(scope, switchboard_id(&path.switchboard_id)?, body).await?;
    Ok(Json(SwitchboardResponse { switchboard }))
}
