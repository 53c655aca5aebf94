use axum::extract::State;
use domain::{IntegrationId, SeatPatch, SwitchboardIntegrationId};
use http::StatusCode;
use utoipa::ToSchema;

use super::SwitchboardIntegrationResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::SwitchboardPath;
use crate::api::v2::switchboards::switchboard_id;
use crate::chat::Chat;

/// A new seat, for the API's description: it is read like a change of one.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
struct NewSeat {
    /// 1 to 128 letters, digits, `_` and `-`; unique at its switchboard.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,128}$")]
    name: String,
    /// A custom integration.
    integration_id: Option<IntegrationId>,
    /// The type of an integration that was let in by OAuth.
    integration_type: Option<String>,
    deliver_standby_events: Option<bool>,
    next_switchboard_integration_id: Option<SwitchboardIntegrationId>,
    #[schema(minimum = 1, maximum = 10)]
    message_history_count: Option<u32>,
}

/// Create a switchboard integration
///
/// A seat, named by `name`, for the integration with `integrationId` or of `integrationType`. Not both of them. At most ten,
/// no two of one name.
#[utoipa::path(
    post, path = "/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations", tag = "SwitchboardIntegrations",
    operation_id = "CreateSwitchboardIntegration",
    params(SwitchboardPath),
    request_body(
        content = NewSeat,
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
