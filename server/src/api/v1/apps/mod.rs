//! Apps. Only in this form, for the account; an app's own key may look at it and change it.

mod create;
mod delete;
mod get;
mod list;
mod sdks;
mod update;

use axum::Router;
use axum::routing::get as get_route;
use domain::{App, AppId, AppSettings, Metadata};
use serde::Serialize;

use super::refusal::renamed;
use crate::api::v2::error::ApiError;
use crate::chat::ChatError;
use crate::state::AppState;

#[derive(Serialize)]
pub struct AppResponse {
    app: AppBody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AppBody {
    #[serde(rename = "_id")]
    id: AppId,
    /// Once for programs without a key; it opens nothing here.
    app_token: AppId,
    name: String,
    settings: AppSettings,
    metadata: Metadata,
}

impl From<App> for AppBody {
    fn from(App { id, display_name, settings, metadata }: App) -> Self {
        Self { id, app_token: id, name: display_name, settings, metadata }
    }
}

impl From<App> for AppResponse {
    fn from(app: App) -> Self {
        Self { app: app.into() }
    }
}

/// `error` with the older API's name for a name.
fn of_name(error: ChatError) -> ApiError {
    renamed(error, "displayName", "name")
}

pub fn routes() -> Router<AppState> {
    let one = get_route(get::handler).put(update::handler).delete(delete::handler);
    Router::new()
        .route("/apps", get_route(list::handler).post(create::handler))
        .route("/apps/{app}", one)
        .route("/apps/{app}/sdks", get_route(sdks::handler))
}
