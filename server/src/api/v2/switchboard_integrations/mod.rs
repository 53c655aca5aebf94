mod create;
mod delete;
mod list;
mod update;

use domain::{SwitchboardIntegration, SwitchboardIntegrationId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SwitchboardIntegrationResponse {
    switchboard_integration: SwitchboardIntegration,
}

/// A seat's id in a path. What is no id names no seat.
fn seat_id(text: &str) -> Result<SwitchboardIntegrationId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::SwitchboardIntegration).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::handler, list::handler))
        .routes(routes!(update::handler, delete::handler))
}
