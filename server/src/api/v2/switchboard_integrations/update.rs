use axum::extract::State;
use domain::SeatPatch;

use super::{SwitchboardIntegrationResponse, seat_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::SwitchboardIntegrationPath;
use crate::api::v2::switchboards::switchboard_id;
use crate::chat::Chat;

/// Update a switchboard integration
///
/// Changes the keys that are there; `null` unsets. Not both `integrationId` and `integrationType`.
#[utoipa::path(
    patch, path = "/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}", tag = "SwitchboardIntegrations",
    operation_id = "UpdateSwitchboardIntegration",
    params(SwitchboardIntegrationPath),
    request_body(content = SeatPatch, example = json!({ "deliverStandbyEvents": true, "messageHistoryCount": 5 })),
    responses((status = 200, body = SwitchboardIntegrationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardIntegrationPath>,
    State(chat): State<Chat>,
    Json(body): Json<SeatPatch>,
) -> Result<Json<SwitchboardIntegrationResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let seat = seat_id(&path.switchboard_integration_id);
    let switchboard_integration = chat.update_seat(scope, switchboard_id(&path.switchboard_id)?, seat?, body).await?;
    Ok(Json(SwitchboardIntegrationResponse { switchboard_integration }))
}
