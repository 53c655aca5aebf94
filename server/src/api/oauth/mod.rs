//! OAuth: how a program of others is let into an app, with the app's own key for consent. Failures are told as in v2.

mod authorize;
mod revoke;
mod token;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::v2::error::{method_not_allowed, no_such_route};
use crate::state::AppState;

/// Everything below `/oauth`.
pub fn router() -> Router<AppState> {
    let (router, _) = described().split_for_parts();
    router.fallback(no_such_route).method_not_allowed_fallback(method_not_allowed)
}

/// All operations, each with its description.
pub fn described() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(authorize::handler))
        .routes(routes!(token::handler))
        .routes(routes!(revoke::handler))
}
