mod create;
mod delete;
mod download;
mod get;
mod list;
mod update;

use domain::{Conversation, ConversationId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct ConversationResponse {
    conversation: Conversation,
}

/// A conversation's id in a path. What is no id names no conversation.
pub fn conversation_id(text: &str) -> Result<ConversationId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Conversation).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .routes(routes!(download::handler))
}
