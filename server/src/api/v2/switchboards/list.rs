use axum::extract::State;
use domain::Switchboard;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct SwitchboardsResponse {
    switchboards: Vec<Switchboard>,
}

/// List switchboards
///
/// One or none.
#[utoipa::path(
    get, path = "/apps/{appId}/switchboards", tag = "Switchboards",
    operation_id = "ListSwitchboards",
    params(AppPath), responses((status = 200, body = SwitchboardsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<SwitchboardsResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    Ok(Json(SwitchboardsResponse { switchboards: chat.switchboards(scope).await? }))
}
