use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::AppPath;
use crate::chat::Chat;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemoveAttachment {
    media_url: String,
}

/// Delete an attachment
///
/// It is served no more from now on, and its bytes are gone within seconds. `mediaUrl` is an address that this
/// server gave.
#[utoipa::path(
    post, path = "/apps/{appId}/attachments/remove", tag = "Attachments", operation_id = "DeleteAttachment",
    params(AppPath),
    request_body(
        content = RemoveAttachment,
        example = json!({ "mediaUrl": "https://chat.example.com/attachments/9pZ2kq7dW1mX4s8bT0vYcR5uJ3nL6hGe/invoice.pdf" }),
    ),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<RemoveAttachment>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.remove_attachment(scope, &body.media_url).await?;
    Ok(Json(Nothing {}))
}
