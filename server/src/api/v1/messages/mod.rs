mod delete;
mod delete_all;
mod list;
mod post;

use axum::Router;
use axum::routing::{delete as delete_route, get as get_route};

use crate::state::AppState;

pub use post::{MessagePosted, content_of, post};

/// Below `/appusers`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/{user}/messages", get_route(list::handler).post(post::handler).delete(delete_all::handler))
        .route("/{user}/messages/{part}", delete_route(delete::handler))
}
