use axum::body::Body;
use axum::extract::State;
use domain::{Access, Invalid};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::receive;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::chat::{Chat, NewAttachment};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentResponse {
    media_url: String,
    media_type: String,
}

/// `POST /v1.1/attachments?access=public&for=message&appUserId=…`: with a user the file is deleted with that user.
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    query: Query,
    State(chat): State<Chat>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<AttachmentResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    if query.one("access") != Some("public") {
        return Err(Invalid::new("access", "should be equal to one of the allowed values: public").into());
    }
    let user = match query.one("appUserId").or(query.one("userId")) {
        Some(user) => Some(chat.require_user(scope, user).await?.id),
        None => None,
    };
    let new = NewAttachment { access: Access::Public, conversation: None, user, is_image: false };
    let form = receive(&chat, &headers, body).await?;
    let (attachment, media_url) = chat.add_attachment(scope, new, form).await?;
    Ok((StatusCode::CREATED, Json(AttachmentResponse { media_url, media_type: attachment.media_type })))
}
