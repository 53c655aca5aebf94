//! The Sunshine Conversations v2 API: for each operation a file named after its verb.

mod activity;
mod caller;
mod conversations;
mod error;
mod extract;
mod integrations;
mod messages;
mod page;
mod users;

pub use error::no_such_route;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Everything below `/v2`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/{app_id}/users", post(users::create::handler))
        .route("/apps/{app_id}/users/{user_id}", get(users::get::handler))
        .route("/apps/{app_id}/conversations", get(conversations::list::handler))
        .route("/apps/{app_id}/conversations/{conversation_id}", get(conversations::get::handler))
        .route(
            "/apps/{app_id}/conversations/{conversation_id}/messages",
            get(messages::list::handler).post(messages::post::handler),
        )
        .route("/apps/{app_id}/conversations/{conversation_id}/activity", post(activity::handler))
        .route(
            "/apps/{app_id}/integrations/{integration_id}",
            get(integrations::get::handler).patch(integrations::update::handler),
        )
        .fallback(no_such_route)
        .method_not_allowed_fallback(error::method_not_allowed)
}
