use axum::extract::State;

use super::webhook_id;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::DeliveryPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::webhooks::DeliveryResponse;
use crate::chat::{Chat, ChatError, Noun, WebhookOwner};

/// `GET /v1.1/webhooks/{id}/deliveries/{delivery}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<DeliveryPath>,
    State(chat): State<Chat>,
) -> Result<Json<DeliveryResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let id = path.delivery.parse().map_err(|_| ChatError::NotFound(Noun::Delivery))?;
    Ok(Json(chat.require_delivery(scope, WebhookOwner::App, webhook_id(&path.id)?, id).await?.into()))
}
