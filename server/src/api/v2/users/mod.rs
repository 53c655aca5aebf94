mod create;
mod delete;
mod delete_personal_information;
mod export;
mod get;
mod update;

use domain::User;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct UserResponse {
    user: User,
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::handler))
        .routes(routes!(get::handler, update::handler, delete::handler))
        .routes(routes!(delete_personal_information::handler))
        .routes(routes!(export::handler))
}
