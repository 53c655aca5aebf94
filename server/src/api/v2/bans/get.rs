use axum::extract::State;

use super::{BanResponse, ban_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::BanPath;
use crate::chat::Chat;

/// Get a ban
#[utoipa::path(
    get, path = "/apps/{appId}/bans/{banId}", tag = "Bans", operation_id = "GetBan",
    params(BanPath), responses((status = 200, body = BanResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<BanPath>,
    State(chat): State<Chat>,
) -> Result<Json<BanResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    Ok(Json(chat.require_ban(scope, ban_id(&path.ban_id)?).await?.into()))
}
