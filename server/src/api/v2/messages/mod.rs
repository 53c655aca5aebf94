pub(in crate::api) mod content;
mod delete;
mod delete_all;
pub(in crate::api) mod destination;
mod idempotency_key;
mod list;
pub mod post;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity;
use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, post::handler, delete_all::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(activity::handler))
}
