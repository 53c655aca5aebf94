use axum::extract::State;

use super::ban_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::BanPath;
use crate::chat::Chat;

/// Lift a ban
#[utoipa::path(
    delete, path = "/apps/{appId}/bans/{banId}", tag = "Bans", operation_id = "DeleteBan",
    params(BanPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<BanPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    chat.lift_ban(scope, ban_id(&path.ban_id)?).await?;
    Ok(Json(Nothing {}))
}
