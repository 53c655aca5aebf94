use axum::extract::State;
use serde::Deserialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveAttachment {
    media_url: String,
}

/// `POST /v1.1/attachments/remove`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<RemoveAttachment>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    chat.remove_attachment(scope, &body.media_url).await?;
    Ok(Json(Nothing {}))
}
