use axum::extract::State;
use domain::SeatPatch;
use http::StatusCode;

use super::SwitchboardIntegrationResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::SwitchboardPath;
use crate::api::v2::switchboards::switchboard_id;
use crate::chat::Chat;

/// Create a switchboard integration
///
/// A seat, named by `name`, for the integration with `integrationId` or of `integrationType`. Not both of them. At most ten,
/// no two of one name.
#[utoipa::path(
    post, path = "/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations", tag = "SwitchboardIntegrations",
    operation_id = "CreateSwitchboardIntegration",
    params(SwitchboardPath),
    request_body(
        content = SeatPatch,
        example = json!({ "name": "bot", "integrationId": "65f0a1b2c3d4e5f6aabbccdd", "deliverStandbyEvents": false }),
    ),
    responses((status = 201, body = SwitchboardIntegrationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardPath>,
    State(chat): State<Chat>,
    Json(body): Json<SeatPatch>,
) -> Result<(StatusCode, Json<SwitchboardIntegrationResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let switchboard_integration = chat.create_seat(scope, switchboard_id(&path.switchboard_id)?, body).await?;
    Ok((StatusCode::CREATED, Json(SwitchboardIntegrationResponse { switchboard_integration })))
}
