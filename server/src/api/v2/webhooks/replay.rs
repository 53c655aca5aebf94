use axum::extract::State;
use domain::webhook::DeliveryId;
use domain::{Invalid, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::webhook_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::WebhookPath;
use crate::chat::{Chat, ChatError, Noun, WebhookOwner};
use crate::storage::ReplaySelection;

/// Exactly one of: a delivery, all that failed, all that happened in a span of time.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{24}$")]
    delivery_id: Option<String>,
    /// `true`: every delivery that was given up and not repeated since.
    #[serde(default)]
    failed: Option<bool>,
    /// The first moment of a span …
    #[serde(default)]
    from: Option<Timestamp>,
    /// … and the first one after it.
    #[serde(default)]
    to: Option<Timestamp>,
}

impl Replay {
    pub fn selection(&self) -> Result<ReplaySelection, ApiError> {
        match (&self.delivery_id, self.failed.unwrap_or(false), self.from, self.to) {
            (Some(id), false, None, None) => {
                let id: DeliveryId = id.parse().map_err(|_| ChatError::NotFound(Noun::Delivery))?;
                Ok(ReplaySelection::One(id))
            }
            (None, true, None, None) => Ok(ReplaySelection::Failed),
            (None, false, Some(from), Some(to)) if from < to => Ok(ReplaySelection::Between { from, to }),
            (None, false, Some(_), Some(_)) => Err(Invalid::new("to", "should be after from").into()),
            _ => {
                Err(Invalid::new("body", "should have exactly one of deliveryId, failed (true), and from with to")
                    .into())
            }
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Replayed {
    /// How many deliveries are made again.
    pub replayed: u64,
}

/// Deliver again
///
/// The same events under the same ids, in order, after what waits already.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}/replay", tag = "Webhooks",
    operation_id = "ReplayWebhookDeliveries",    params(WebhookPath),
    request_body(content = Replay, example = json!({ "failed": true })),
    responses((status = 200, body = Replayed), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(chat): State<Chat>,
    Json(body): Json<Replay>,
) -> Result<Json<Replayed>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let (owner, id) = (WebhookOwner::Integration(integration), webhook_id(&path.webhook_id)?);
    let replayed = chat.replay(scope, owner, id, body.selection()?).await?;
    Ok(Json(Replayed { replayed }))
}
