mod activity;
mod get;
mod postback;
mod read;

use axum::Router;
use axum::routing::{get as get_route, post as post_route};
use serde::Serialize;

use crate::legacy::Conversation;
use crate::state::AppState;

#[derive(Serialize)]
pub struct ConversationResponse {
    conversation: Conversation,
}

/// Below `/appusers`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/{user}/conversation", get_route(get::handler))
        .route("/{user}/conversation/activity", post_route(activity::handler))
        .route("/{user}/conversation/postback", post_route(postback::handler))
        .route("/{user}/conversation/read", post_route(read::handler))
}
