mod create;
mod delete;
mod get;
mod list;
mod update;

use axum::Router;
use axum::routing::get as get_route;
use domain::TemplateId;
use serde::Serialize;
use serde_json::{Map, Value};

use super::messages::content_of;
use super::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::chat::{ChatError, Noun, Template};
use crate::state::AppState;

#[derive(Serialize)]
pub struct TemplateResponse {
    template: TemplateBody,
}

#[derive(Serialize)]
struct TemplateBody {
    #[serde(rename = "_id")]
    id: TemplateId,
    name: String,
    message: Map<String, Value>,
}

impl From<Template> for TemplateBody {
    fn from(Template { id, name, message }: Template) -> Self {
        Self { id, name, message }
    }
}

impl From<Template> for TemplateResponse {
    fn from(template: Template) -> Self {
        Self { template: template.into() }
    }
}

/// A template's id in a path. What is no id names no template.
fn template_id(path: &IdPath) -> Result<TemplateId, ApiError> {
    path.id.parse().map_err(|_| ChatError::NotFound(Noun::Template).into())
}

/// `message`, if it is one that could be sent.
fn checked(message: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    content_of(message.clone())?.checked()?;
    Ok(message)
}

pub fn routes() -> Router<AppState> {
    let one = get_route(get::handler).put(update::handler).delete(delete::handler);
    Router::new().route("/templates", get_route(list::handler).post(create::handler)).route("/templates/{id}", one)
}
