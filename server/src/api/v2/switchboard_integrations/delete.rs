use axum::extract::State;

use super::seat_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::SwitchboardIntegrationPath;
use crate::api::v2::switchboards::switchboard_id;
use crate::chat::Chat;

/// Delete a switchboard integration
///
/// Not while it is the default or the next of another.
#[utoipa::path(
    delete, path = "/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}", tag = "SwitchboardIntegrations",
    operation_id = "DeleteSwitchboardIntegration",
    params(SwitchboardIntegrationPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardIntegrationPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let seat = seat_id(&path.switchboard_integration_id);
    chat.delete_seat(scope, switchboard_id(&path.switchboard_id)?, seat?).await?;
    Ok(Json(Nothing {}))
}
