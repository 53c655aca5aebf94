mod list;
pub mod post;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity;
use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::handler, post::handler)).routes(routes!(activity::handler))
}
