use axum::extract::State;
use domain::webhook::NewWebhook;
use http::StatusCode;

use super::WebhookResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::IntegrationPath;
use crate::chat::{Chat, WebhookOwner};

/// Create a webhook
///
/// For a custom integration; an app may have ten webhooks.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations/{integrationId}/webhooks", tag = "Webhooks", operation_id = "CreateWebhook",
    params(IntegrationPath),
    request_body(
        content = NewWebhook,
        example = json!({
            "target": "https://bot.example/parlor",
            "triggers": ["conversation:message", "conversation:read"],
            "includeFullUser": true,
        }),
    ),
    responses((status = 201, body = WebhookResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookResponse>), ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let webhook = chat.create_webhook(scope, WebhookOwner::Integration(integration), body).await?;
    Ok((StatusCode::CREATED, Json(webhook.into())))
}
