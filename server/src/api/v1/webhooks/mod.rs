//! Webhooks of the app. Those of its integrations speak v2 and are a list of their own.

mod create;
mod delete;
mod get;
mod list;
mod update;

use axum::Router;
use axum::routing::get as get_route;
use domain::webhook::WebhookVersion;
use domain::{Webhook, WebhookId};
use serde::Serialize;

use super::path::IdPath;
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
fn webhook_id(path: &IdPath) -> Result<WebhookId, ApiError> {
    path.id.parse().map_err(|_| ChatError::NotFound(Noun::Webhook).into())
}

pub fn routes() -> Router<AppState> {
    let one = get_route(get::handler).put(update::handler).delete(delete::handler);
    Router::new().route("/webhooks", get_route(list::handler).post(create::handler)).route("/webhooks/{id}", one)
}
