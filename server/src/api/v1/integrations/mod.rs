mod create;
mod delete;
mod get;
mod list;
mod update;

use axum::Router;
use axum::routing::get as get_route;
use domain::{Integration, IntegrationId};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize)]
pub struct IntegrationResponse {
    integration: Map<String, Value>,
}

impl From<Integration> for IntegrationResponse {
    fn from(integration: Integration) -> Self {
        Self { integration: flat(integration) }
    }
}

/// An integration with the settings of its type, secrets left out.
fn flat(integration: Integration) -> Map<String, Value> {
    let mut flat = integration.settings.shown();
    flat.insert("_id".to_owned(), json!(integration.id));
    flat.insert("type".to_owned(), json!(integration.settings.kind()));
    flat.insert("status".to_owned(), json!("active"));
    if let Some(name) = integration.display_name {
        flat.insert("displayName".to_owned(), json!(name));
    }
    flat
}

/// An integration's id in a path. What is no id names no integration.
fn integration_id(path: &IdPath) -> Result<IntegrationId, ApiError> {
    path.id.parse().map_err(|_| ChatError::NotFound(Noun::Integration).into())
}

pub fn routes() -> Router<AppState> {
    let one = get_route(get::handler).put(update::handler).delete(delete::handler);
    Router::new()
        .route("/integrations", get_route(list::handler).post(create::handler))
        .route("/integrations/{id}", one)
}
