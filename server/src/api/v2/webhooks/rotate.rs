use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{WebhookResponse, webhook_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::WebhookPath;
use crate::chat::{Chat, WebhookOwner};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotateSecret {
    /// For how long the old secret is good beside the new one.
    #[serde(default)]
    #[schema(default = 86400, maximum = 604_800)]
    pub overlap_seconds: Option<u32>,
}

/// Draw a new secret
///
/// Until the overlap ends, `webhook-signature` holds two signatures, the new secret's first, and `X-API-Key` still says the old
/// secret: the receiver has time to learn the new one.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}/rotateSecret", tag = "Webhooks",
    operation_id = "RotateWebhookSecret",    params(WebhookPath),
    request_body(content = RotateSecret, example = json!({ "overlapSeconds": 3600 })),
    responses((status = 200, body = WebhookResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(chat): State<Chat>,
    Json(body): Json<RotateSecret>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let (owner, id) = (WebhookOwner::Integration(integration), webhook_id(&path.webhook_id)?);
    Ok(Json(chat.rotate_webhook_secret(scope, owner, id, body.overlap_seconds).await?.into()))
}
