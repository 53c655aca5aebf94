mod get;
mod update;

use domain::{Integration, IntegrationId, WebSettings};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct IntegrationResponse {
    integration: IntegrationBody,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IntegrationBody {
    id: IntegrationId,
    r#type: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(flatten)]
    web: WebSettings,
}

impl From<&Integration> for IntegrationResponse {
    fn from(integration: &Integration) -> Self {
        let Integration { id, display_name, web, .. } = integration.clone();
        Self { integration: IntegrationBody { id, r#type: "web", status: "active", display_name, web } }
    }
}

/// An integration's id in a path. What is no id names no integration.
fn integration_id(text: &str) -> Result<IntegrationId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Integration).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get::handler, update::handler))
}
