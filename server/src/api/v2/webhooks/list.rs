use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::WebhookBody;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::IntegrationPath;
use crate::chat::{Chat, WebhookOwner};

#[derive(Serialize, ToSchema)]
pub struct WebhooksResponse {
    webhooks: Vec<WebhookBody>,
}

/// List webhooks
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/webhooks", tag = "Webhooks", operation_id = "ListWebhooks",
    params(IntegrationPath), responses((status = 200, body = WebhooksResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
) -> Result<Json<WebhooksResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let webhooks = chat.webhooks_of(scope, WebhookOwner::Integration(integration)).await?;
    Ok(Json(WebhooksResponse { webhooks: webhooks.into_iter().map(WebhookBody::from).collect() }))
}
