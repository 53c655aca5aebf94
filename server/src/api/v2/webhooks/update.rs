use axum::extract::State;
use domain::webhook::WebhookPatch;

use super::{WebhookResponse, webhook_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::WebhookPath;
use crate::chat::{Chat, WebhookOwner};

/// Update a webhook
///
/// New triggers count for events from now on. A new target gets what is not delivered yet as well. The secret stays.
#[utoipa::path(
    patch, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}", tag = "Webhooks",
    operation_id = "UpdateWebhook",    params(WebhookPath),
    request_body(content = WebhookPatch, example = json!({ "triggers": ["conversation:message"] })),
    responses((status = 200, body = WebhookResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(chat): State<Chat>,
    Json(body): Json<WebhookPatch>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let id = webhook_id(&path.webhook_id)?;
    Ok(Json(chat.update_webhook(scope, WebhookOwner::Integration(integration), id, body).await?.into()))
}
