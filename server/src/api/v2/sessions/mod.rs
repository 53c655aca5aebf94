mod list;
mod revoke;
mod revoke_all;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::handler, revoke_all::handler)).routes(routes!(revoke::handler))
}
