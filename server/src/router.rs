//! The whole address space on one screen.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;

use crate::api::{description, oauth, v1, v2};
use crate::live;
use crate::state::AppState;
use crate::telemetry::{RequestIds, X_REQUEST_ID, observe};
use crate::web::{assets, attachments, client, docs, functions, gallery, health, links, login, pages, seen, uploads};

/// The contract's limit for a JSON body; a message of 4096 characters in a form is far below it.
const BODY_BYTES: usize = 100 * 1024;
/// No request of ours takes long: one that does is waiting for its own body.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

pub fn router(state: AppState) -> Router {
    let description: Arc<str> = description::description(&state.site.url).to_string().into();
    let visited = Router::new()
        .route("/chat/{integration}", get(pages::chat))
        .route("/chat/{integration}/qr.svg", get(links::page_qr_svg))
        .route("/chat/{integration}/card", get(links::page_card))
        .route("/chat/{integration}/status.svg", get(links::page_badge))
        .route("/l/{slug}", get(links::open))
        .route("/l/{slug}/qr.svg", get(links::link_qr_svg))
        .route("/l/{slug}/card", get(links::link_card))
        .route("/l/{slug}/status.svg", get(links::link_badge))
        .route("/embed/{integration}", get(pages::embed))
        .route("/chat/{integration}/{conversation}", get(pages::chat))
        .route("/embed/{integration}/{conversation}", get(pages::embed))
        .route("/chat/{integration}/{conversation}/read", get(seen::chat))
        .route("/embed/{integration}/{conversation}/read", get(seen::embed))
        .route("/chat/{integration}/login", get(login::to_chat).post(login::post_chat))
        .route("/embed/{integration}/login", get(login::to_embed).post(login::post_embed))
        .route("/chat/{integration}/logout", get(login::to_chat).post(login::leave_chat))
        .route("/embed/{integration}/logout", get(login::to_embed).post(login::leave_embed))
        .route("/fn/{name}", any(functions::call))
        // On the fly, so fastest rather than smallest: a page of 25 messages shrinks to a quarter all the same.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .route("/chat/{integration}/qr.png", get(links::page_qr_png))
        .route("/chat/{integration}/card.png", get(links::page_preview))
        .route("/l/{slug}/qr.png", get(links::link_qr_png))
        .route_layer(axum::middleware::from_fn_with_state(state.clone(), client::count_views));
    let mut routes = Router::new()
        .nest("/v2", v2::router())
        .route("/v2/", any(v2::no_such_route))
        .nest("/oauth", oauth::router())
        .nest("/v1.1", v1::router())
        .nest("/v1", v1::router())
        .route("/openapi.json", get(move || async move { description::answer(&description) }))
        .route("/docs/api", get(docs::index))
        .route("/docs/api/", get(docs::page))
        .route("/docs/api/{file}", get(docs::asset))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .merge(visited)
        .route("/healthz", get(health::live))
        .route("/attachments/{key}/{name}", get(attachments::file))
        .route("/attachments/{key}/thumbnail/{name}", get(attachments::thumbnail))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    if state.is_demo {
        routes = routes.merge(gallery::router());
    }
    if let Some(folder) = assets::development_folder() {
        routes = routes.nest_service("/pkg", ServeDir::new(folder.join("pkg")));
    }
    for path in assets::paths() {
        routes = routes.route(path, get(assets::serve));
    }
    // Forms may hold files.
    let posts = Router::new()
        .route("/chat/{integration}", post(pages::post_chat))
        .route("/chat/{integration}/{conversation}", post(pages::post_chat))
        .route("/embed/{integration}/{conversation}", post(pages::post_embed))
        .route("/chat/{integration}/upload", post(uploads::chat))
        .route("/embed/{integration}", post(pages::post_embed))
        .route("/embed/{integration}/upload", post(uploads::embed))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    // The timeout is for answers that end; a listener's does not, and an upload has a longer one of its own.
    let routes = routes
        .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .merge(posts)
        .nest("/v2", v2::uploads())
        .nest("/v1.1", v1::uploads())
        .nest("/v1", v1::uploads())
        .route("/events", get(live::events))
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES));
    // A proxy may strip the public path's prefix or pass it on: both work.
    let base = state.site.base.clone();
    let routes = if base.is_empty() { routes } else { Router::new().nest(&base, routes.clone()).merge(routes) };
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(X_REQUEST_ID, RequestIds))
        .layer(PropagateRequestIdLayer::new(X_REQUEST_ID))
        .layer(axum::middleware::from_fn_with_state(state.clone(), client::locate))
        .layer(axum::middleware::from_fn(observe))
        .layer(CatchPanicLayer::new());
    routes.layer(around).with_state(state)
}
