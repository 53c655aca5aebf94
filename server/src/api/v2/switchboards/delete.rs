use axum::extract::State;

use super::switchboard_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::SwitchboardPath;
use crate::chat::Chat;

/// Delete the switchboard
///
/// With its seats; no conversation is in anybody's control then.
#[utoipa::path(
    delete, path = "/apps/{appId}/switchboards/{switchboardId}", tag = "Switchboards",
    operation_id = "DeleteSwitchboard",
    params(SwitchboardPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<SwitchboardPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    chat.delete_switchboard(scope, switchboard_id(&path.switchboard_id)?).await?;
    Ok(Json(Nothing {}))
}
