//! Menus: the app's, and those of its chat pages.

mod get;
mod put;
mod remove;

use axum::Router;
use axum::routing::get as get_route;
use domain::{IntegrationId, Menu};
use serde::Serialize;

use super::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize)]
pub struct MenuResponse {
    menu: Menu,
}

fn integration_id(path: &IdPath) -> Result<IntegrationId, ApiError> {
    path.id.parse().map_err(|_| ChatError::NotFound(Noun::Integration).into())
}

pub fn routes() -> Router<AppState> {
    let app = get_route(get::of_app).put(put::of_app).delete(remove::of_app);
    let integration = get_route(get::of_integration).put(put::of_integration).delete(remove::of_integration);
    Router::new().route("/menu", app).route("/integrations/{id}/menu", integration.post(put::new_of_integration))
}
