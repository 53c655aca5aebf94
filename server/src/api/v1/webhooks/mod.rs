//! Webhooks of the app. Those of its integrations speak v2 and are a list of their own.
//!
//! What became of their deliveries, calling again and new secrets came with v2, and look as they do there.

mod create;
mod delete;
mod deliveries;
mod delivery;
mod get;
mod list;
mod replay;
mod rotate;
mod update;

use axum::Router;
use axum::routing::{get as get_route, post};
use domain::webhook::WebhookVersion;
use domain::{Webhook, WebhookId};
use serde::Serialize;

use crate::api::v2::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize)]
pub struct WebhookResponse {
    webhook: WebhookBody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookBody {
    #[serde(rename = "_id")]
    id: WebhookId,
    version: WebhookVersion,
    target: String,
    triggers: Vec<String>,
    secret: String,
    include_client: bool,
    include_full_app_user: bool,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> Self {
        let Webhook { id, version, target, triggers, secret, include_full_user, include_full_source, .. } = webhook;
        let (include_client, include_full_app_user) = (include_full_source, include_full_user);
        Self { id, version, target, triggers, secret, include_client, include_full_app_user }
    }
}

impl From<Webhook> for WebhookResponse {
    fn from(webhook: Webhook) -> Self {
        Self { webhook: webhook.into() }
    }
}

/// A webhook's id in a path. What is no id names no webhook.
fn webhook_id(id: &str) -> Result<WebhookId, ApiError> {
    id.parse().map_err(|_| ChatError::NotFound(Noun::Webhook).into())
}

pub fn routes() -> Router<AppState> {
    let one = get_route(get::handler).put(update::handler).delete(delete::handler);
    Router::new()
        .route("/webhooks", get_route(list::handler).post(create::handler))
        .route("/webhooks/{id}", one)
        .route("/webhooks/{id}/rotateSecret", post(rotate::handler))
        .route("/webhooks/{id}/replay", post(replay::handler))
        .route("/webhooks/{id}/deliveries", get_route(deliveries::handler))
        .route("/webhooks/{id}/deliveries/{delivery}", get_route(delivery::handler))
}
