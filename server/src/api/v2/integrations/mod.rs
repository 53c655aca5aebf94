pub(in crate::api) mod create;
mod delete;
mod get;
mod keys;
mod list;
mod update;

use domain::{Integration, IntegrationId, IntegrationPatch, Webhook};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::webhooks::WebhookBody;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct IntegrationResponse {
    integration: IntegrationBody,
}

/// An integration with the settings of its type, secrets left out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IntegrationBody {
    id: IntegrationId,
    r#type: String,
    status: IntegrationStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    /// In the answer to its creation: the first webhook, with its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhooks: Option<Vec<WebhookBody>>,
    #[serde(flatten)]
    #[schema(value_type = IntegrationPatch)]
    settings: Map<String, Value>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum IntegrationStatus {
    Active,
}

impl From<Integration> for IntegrationBody {
    fn from(integration: Integration) -> Self {
        Self {
            id: integration.id,
            r#type: integration.settings.kind().to_owned(),
            status: IntegrationStatus::Active,
            settings: integration.settings.shown(),
            display_name: integration.display_name,
            webhooks: None,
        }
    }
}

impl From<Integration> for IntegrationResponse {
    fn from(integration: Integration) -> Self {
        Self { integration: integration.into() }
    }
}

impl IntegrationResponse {
    fn with_webhook(integration: Integration, webhook: Option<Webhook>) -> Self {
        let webhooks = webhook.map(|webhook| vec![webhook.into()]);
        Self { integration: IntegrationBody { webhooks, ..integration.into() } }
    }
}

/// An integration's id in a path. What is no id names no integration.
pub(super) fn integration_id(text: &str) -> Result<IntegrationId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Integration).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::handler, list::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .merge(keys::routes())
}
