use axum::extract::State;

use super::{WebhookResponse, webhook_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, WebhookOwner};

/// `GET /v1.1/webhooks/{id}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(chat.require_webhook(scope, WebhookOwner::App, webhook_id(&path.id)?).await?.into()))
}
