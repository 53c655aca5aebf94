use axum::extract::State;
use domain::SwitchboardIntegration;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::SwitchboardPath;
use crate::api::v2::switchboards::switchboard_id;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SwitchboardIntegrationsResponse {
    switchboard_integrations: Vec<SwitchboardIntegration>,
}

/// List switchboard integrations
///
/// Oldest first, all of them.
#[utoipa::path(
    get, path = "/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations", tag = "SwitchboardIntegrations",
    operation_id = "ListSwitchboardIntegrations",
    params(SwitchboardPath), responses((status = 200, body = SwitchboardIntegrationsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardPath>,
    State(chat): State<Chat>,
) -> Result<Json<SwitchboardIntegrationsResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let switchboard_integrations = chat.seats(scope, switchboard_id(&path.switchboard_id)?).await?;
    Ok(Json(SwitchboardIntegrationsResponse { switchboard_integrations }))
}
