mod auth_code;
mod business_systems;
mod create;
mod delete;
mod delete_profile;
mod get;
mod link_requests;
mod merge;
mod ping;
mod update;

use axum::Router;
use axum::routing::{delete as delete_route, get as get_route, post as post_route};
use domain::{Client, ClientType, Cursor, PageRequest, User};
use serde::Serialize;
use serde_json::{Value, json};

use super::refusal::renamed;
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
        let clients = clients_of(chat, scope, &user).await?;
        let clients: Vec<Value> = clients.iter().map(|client| json!(client)).collect();
        Ok(Self { app_user: app_user(&user, is_started, &clients) })
    }
}

/// The user's endpoints on channels: one of a type at most, so they fit a page.
pub async fn clients_of(chat: &Chat, scope: Scope, user: &User) -> Result<Vec<Client>, ApiError> {
    let all = PageRequest { cursor: Cursor::Start, size: 100 };
    Ok(chat.clients(scope, &user.id.to_string(), all).await?.items)
}

/// Whether `client` is what the older API calls `channel`.
pub fn is_called(client: &Client, channel: &str) -> bool {
    let name = if client.kind == ClientType::Sdk { "web".to_owned() } else { client.kind.to_string() };
    name == channel || client.integration_id.is_some_and(|id| id.to_string() == channel)
}

/// `error` with the older API's name for a user's metadata.
fn of_properties(error: ChatError) -> ApiError {
    renamed(error, "metadata", "properties")
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", post_route(create::handler))
        .route("/merge", post_route(merge::handler))
        .route("/{user}", get_route(get::handler).put(update::handler).delete(delete::handler))
        .route("/{user}/profile", delete_route(delete_profile::handler))
        .route("/{user}/linkrequest", get_route(link_requests::handler))
        .route("/{user}/linkRequest", get_route(link_requests::handler))
        .route("/{user}/integrations/{part}/ping", post_route(ping::handler))
        .route("/{user}/authcode", get_route(auth_code::handler))
        .route("/{user}/authCode", get_route(auth_code::handler))
        .route("/{user}/businesssystems", get_route(business_systems::handler))
        .route("/{user}/businessSystems", get_route(business_systems::handler))
        .merge(channels::routes())
        .merge(conversation::routes())
        .merge(messages::routes())
}
