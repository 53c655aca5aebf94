mod create;
mod delete;
mod list;
mod update;

use domain::{Switchboard, SwitchboardId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct SwitchboardResponse {
    switchboard: Switchboard,
}

/// A switchboard's id in a path. What is no id names no switchboard.
pub fn switchboard_id(text: &str) -> Result<SwitchboardId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Switchboard).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::handler, list::handler))
        .routes(routes!(update::handler, delete::handler))
}
