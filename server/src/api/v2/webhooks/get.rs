use axum::extract::State;

use super::{WebhookResponse, webhook_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::WebhookPath;
use crate::chat::{Chat, WebhookOwner};

/// Get a webhook
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}", tag = "Webhooks",
    operation_id = "GetWebhook", params(WebhookPath), responses((status = 200, body = WebhookResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(chat): State<Chat>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let id = webhook_id(&path.webhook_id)?;
    Ok(Json(chat.require_webhook(scope, WebhookOwner::Integration(integration), id).await?.into()))
}
