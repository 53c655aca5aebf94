//! Who answers a conversation.

mod accept;
mod offer;
mod pass;
mod release;

use domain::Metadata;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ControlTarget {
    /// The seat's id or name, or `next` for the one after the active.
    switchboard_integration: String,
    /// Told to webhooks.
    #[serde(default)]
    metadata: Option<Metadata>,
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(pass::handler))
        .routes(routes!(offer::handler))
        .routes(routes!(accept::handler))
        .routes(routes!(release::handler))
}
