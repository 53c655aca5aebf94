//! Channels of a user. The web chat links itself, with the first message.

mod link;
mod list;
mod unlink;

use axum::Router;
use axum::routing::{delete as delete_route, get as get_route};

use crate::state::AppState;

/// Below `/appusers`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/{user}/channels", get_route(list::handler).post(link::handler))
        .route("/{user}/channels/{part}", delete_route(unlink::handler))
}
