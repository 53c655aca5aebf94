mod auth_code;
mod business_systems;
mod create;
mod get;

use axum::Router;
use axum::routing::{get as get_route, post as post_route};
use domain::{Invalid, User};
use serde::Serialize;
use serde_json::Value;

use super::{channels, conversation, messages};
use crate::api::v2::error::ApiError;
use crate::chat::{Chat, ChatError, Scope};
use crate::legacy::app_user;
use crate::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppUserResponse {
    app_user: Value,
}

impl AppUserResponse {
    /// `user` with what else the older API tells of a user.
    pub async fn of(chat: &Chat, scope: Scope, user: User) -> Result<Self, ApiError> {
        let conversation = chat.default_conversation(scope, user.id).await?;
        let is_started = conversation.is_some_and(|conversation| conversation.is_started);
        Ok(Self { app_user: app_user(&user, is_started, &[]) })
    }
}

/// The older API's name for a user's metadata, where that is to blame.
fn of_properties(error: ChatError) -> ApiError {
    match error {
        ChatError::Invalid(Invalid { field, rule }) if field.starts_with("metadata") => {
            Invalid { field: field.replacen("metadata", "properties", 1).into(), rule }.into()
        }
        error => error.into(),
    }
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", post_route(create::handler))
        .route("/{user}", get_route(get::handler))
        .route("/{user}/authcode", get_route(auth_code::handler))
        .route("/{user}/authCode", get_route(auth_code::handler))
        .route("/{user}/businesssystems", get_route(business_systems::handler))
        .route("/{user}/businessSystems", get_route(business_systems::handler))
        .merge(channels::routes())
        .merge(conversation::routes())
        .merge(messages::routes())
}
