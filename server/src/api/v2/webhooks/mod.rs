mod create;
mod delete;
mod deliveries;
mod delivery;
mod get;
mod list;
mod replay;
mod rotate;
mod update;

use domain::webhook::{Delivery, DeliveryId, DeliveryState, Trigger, WebhookVersion};
use domain::{EventId, Timestamp, Webhook, WebhookId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(in crate::api) use deliveries::{DeliveriesResponse, state_of};
pub(in crate::api) use delivery::DeliveryResponse;
pub(in crate::api) use replay::{Replay, Replayed};
pub(in crate::api) use rotate::RotateSecret;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct WebhookResponse {
    webhook: WebhookBody,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookBody {
    id: WebhookId,
    version: WebhookVersion,
    target: String,
    triggers: Vec<String>,
    /// 32 bytes in base64: the value of `X-API-Key` and the key of `webhook-signature`.
    secret: String,
    include_full_user: bool,
    include_full_source: bool,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> Self {
        let Webhook { id, version, target, triggers, secret, include_full_user, include_full_source, .. } = webhook;
        Self { id, version, target, triggers, secret, include_full_user, include_full_source }
    }
}

impl From<Webhook> for WebhookResponse {
    fn from(webhook: Webhook) -> Self {
        Self { webhook: webhook.into() }
    }
}

/// One event for one webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeliveryBody {
    #[schema(value_type = String, pattern = "^[0-9a-f]{24}$")]
    id: DeliveryId,
    /// The same over all attempts and replays.
    event_id: EventId,
    #[schema(value_type = String, example = "conversation:message")]
    trigger: Trigger,
    state: DeliveryState,
    /// Tries so far.
    attempt_count: u32,
    /// When the event happened.
    created_at: Timestamp,
    /// The delivery that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    replay_of: Option<DeliveryId>,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, event, trigger, state, attempts, at, replay_of, .. } = delivery;
        Self { id, event_id: event, trigger, state, attempt_count: attempts, created_at: at, replay_of }
    }
}

/// A webhook's id in a path. What is no id names no webhook.
fn webhook_id(text: &str) -> Result<WebhookId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Webhook).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::handler, list::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .routes(routes!(rotate::handler))
        .routes(routes!(replay::handler))
        .routes(routes!(deliveries::handler))
        .routes(routes!(delivery::handler))
}
