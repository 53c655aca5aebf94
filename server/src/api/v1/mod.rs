//! The older API (v1.1, also served as v1): a second view on the same use cases, for each operation a file named after its verb.
//!
//! Every resource answers under two paths: `/v1.1/<resource>`, where the app is the key's own, and `/v1.1/apps/{app}/<resource>`.
//! Extractors and failures are those of v2; what a failure says is put into the older shape on its way out.

mod apps;
mod appusers;
mod attachments;
mod caller;
mod channels;
mod conversation;
mod images;
mod integrations;
mod keys;
mod menu;
mod messages;
mod notifications;
mod offset;
mod path;
mod refusal;
mod templates;
mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;

use super::v2::error::{method_not_allowed, no_such_route};
use crate::state::AppState;

/// Everything below `/v1.1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .merge(resources())
        .nest("/apps/{app}", resources().merge(notifications::routes()))
        .merge(apps::routes())
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(map_response(refusal::in_older_shape))
}

/// What takes its own time and its own size: it lies outside the limits of the rest.
pub fn uploads() -> Router<AppState> {
    let routes = || {
        Router::new()
            .merge(attachments::uploads())
            .nest("/appusers", images::uploads())
            .nest("/appUsers", images::uploads())
    };
    Router::new()
        .merge(routes())
        .nest("/apps/{app}", routes())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(map_response(refusal::in_older_shape))
        .layer(DefaultBodyLimit::disable())
}

/// What hangs on an app, whichever way the app is named.
fn resources() -> Router<AppState> {
    Router::new()
        .nest("/appusers", appusers::routes())
        // As older examples spell it.
        .nest("/appUsers", appusers::routes())
        .merge(menu::routes())
        .merge(templates::routes())
        .merge(webhooks::routes())
        .merge(integrations::routes())
        .merge(keys::routes())
        .merge(attachments::routes())
}
