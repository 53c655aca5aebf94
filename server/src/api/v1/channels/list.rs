use serde::Serialize;

use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};

#[derive(Serialize)]
pub struct ChannelsResponse {
    channels: [(); 0],
}

/// `GET /v1.1/appusers/{user}/channels`
pub async fn handler(caller: Caller, Path(path): Path<UserPath>) -> Result<Json<ChannelsResponse>, ApiError> {
    let Reached { .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    Ok(Json(ChannelsResponse { channels: [] }))
}
