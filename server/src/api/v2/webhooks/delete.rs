use axum::extract::State;

use super::webhook_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::WebhookPath;
use crate::chat::{Chat, WebhookOwner};

/// Delete a webhook
///
/// What is not delivered yet is never delivered.
#[utoipa::path(
    delete, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}", tag = "Webhooks",
    operation_id = "DeleteWebhook", params(WebhookPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    chat.delete_webhook(scope, WebhookOwner::Integration(integration), webhook_id(&path.webhook_id)?).await?;
    Ok(Json(Nothing {}))
}
