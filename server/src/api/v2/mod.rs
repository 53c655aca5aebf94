//! The Sunshine Conversations v2 API: for each operation a file named after its verb.
//!
//! Adding an operation: a file with a `handler` and its `#[utoipa::path]`, a line in the `routes` of its folder, a row in the
//! table of `tests/it/api_access.rs`. Path, method and description stand together, and a route that is not described cannot be.

mod activity;
mod apps;
mod attachments;
mod bans;
pub(in crate::api) mod caller;
mod clients;
mod control;
mod conversations;
mod devices;
pub(in crate::api) mod error;
pub(in crate::api) mod extract;
pub(in crate::api) mod integrations;
mod keys;
mod links;
pub(in crate::api) mod messages;
mod objects;
mod page;
mod participants;
mod path;
mod sessions;
mod switchboard_integrations;
mod switchboards;
mod users;
pub(in crate::api) mod webhooks;

pub use error::{Errors, no_such_route};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Everything below `/v2`.
pub fn router() -> Router<AppState> {
    let (router, _) = routes().split_for_parts();
    router.fallback(no_such_route).method_not_allowed_fallback(error::method_not_allowed)
}

/// All operations, each with its description.
pub fn described() -> OpenApiRouter<AppState> {
    routes().merge(attachments::uploads())
}

/// The operations that share one size and one pace.
fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(users::routes())
        .merge(clients::routes())
        .merge(devices::routes())
        .merge(sessions::routes())
        .merge(conversations::routes())
        .merge(participants::routes())
        .merge(messages::routes())
        .merge(integrations::routes())
        .merge(links::routes())
        .merge(bans::routes())
        .merge(attachments::routes())
        .merge(webhooks::routes())
        .merge(control::routes())
        .merge(switchboards::routes())
        .merge(switchboard_integrations::routes())
        .merge(apps::routes())
        .merge(keys::routes())
}

/// What takes its own time and its own size: it lies outside the limits of the rest.
pub fn uploads() -> Router<AppState> {
    let (router, _) = attachments::uploads().split_for_parts();
    router.method_not_allowed_fallback(error::method_not_allowed).layer(DefaultBodyLimit::disable())
}
