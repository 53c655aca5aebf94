use axum::extract::State;
use http::StatusCode;

use super::SwitchboardResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

/// Create the switchboard
///
/// One an app, switched off. Takes no body.
#[utoipa::path(
    post, path = "/apps/{appId}/switchboards", tag = "Switchboards",
    operation_id = "CreateSwitchboard",
    params(AppPath), responses((status = 201, body = SwitchboardResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<(StatusCode, Json<SwitchboardResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let switchboard = chat.create_switchboard(scope).await?;
    Ok((StatusCode::CREATED, Json(SwitchboardResponse { switchboard })))
}
