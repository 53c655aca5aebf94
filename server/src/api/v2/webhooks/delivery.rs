use axum::extract::State;
use domain::webhook::Attempt;
use serde::Serialize;
use utoipa::ToSchema;

use super::{DeliveryBody, webhook_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::DeliveryPath;
use crate::chat::{Chat, ChatError, DeliveryView, Noun, WebhookOwner};

#[derive(Serialize, ToSchema)]
pub struct DeliveryResponse {
    delivery: DeliveryDetails,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeliveryDetails {
    #[serde(flatten)]
    delivery: DeliveryBody,
    request: Request,
    /// First to last.
    attempts: Vec<Attempt>,
}

/// What is sent, as it would be sent now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Request {
    target: String,
    headers: Headers,
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

/// Without those that hold or prove a secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Headers {
    content_type: &'static str,
    user_agent: &'static str,
    webhook_id: String,
}

impl From<DeliveryView> for DeliveryResponse {
    fn from(view: DeliveryView) -> Self {
        Self { delivery: view.into() }
    }
}

/// Get a delivery
///
/// What is sent, and every try with its answer.
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}/deliveries/{deliveryId}", tag = "Webhooks",
    operation_id = "GetWebhookDelivery", params(DeliveryPath), responses((status = 200, body = DeliveryResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<DeliveryPath>,
    State(chat): State<Chat>,
) -> Result<Json<DeliveryResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let (owner, webhook) = (WebhookOwner::Integration(integration), webhook_id(&path.webhook_id)?);
    let id = path.delivery_id.parse().map_err(|_| ChatError::NotFound(Noun::Delivery))?;
    Ok(Json(chat.require_delivery(scope, owner, webhook, id).await?.into()))
}

impl From<DeliveryView> for DeliveryDetails {
    fn from(view: DeliveryView) -> Self {
        let headers = Headers {
            content_type: "application/json; charset=utf-8",
            user_agent: concat!("Parlor/", env!("CARGO_PKG_VERSION")),
            webhook_id: view.delivery.event.to_string(),
        };
        let body = serde_json::from_str(&view.body).unwrap_or_default();
        let request = Request { target: view.target, headers, body };
        Self { delivery: view.delivery.into(), request, attempts: view.attempts }
    }
}
