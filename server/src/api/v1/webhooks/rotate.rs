use axum::extract::State;

use super::{WebhookResponse, webhook_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::webhooks::RotateSecret;
use crate::chat::{Chat, WebhookOwner};

/// `POST /v1.1/webhooks/{id}/rotateSecret`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(body): Json<RotateSecret>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let (owner, id) = (WebhookOwner::App, webhook_id(&path.id)?);
    Ok(Json(chat.rotate_webhook_secret(scope, owner, id, body.overlap_seconds).await?.into()))
}
