use axum::extract::State;
use domain::app::SettingsPatch;
use domain::{AppPatch, Metadata};
use serde::Deserialize;

use super::{AppResponse, of_name};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AppChanges {
    name: Option<String>,
    settings: Option<SettingsPatch>,
    metadata: Option<Metadata>,
}

/// `PUT /v1.1/apps/{app}`: changes the keys that are there.
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(changes): Json<AppChanges>,
) -> Result<Json<AppResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let AppChanges { name, settings, metadata } = changes;
    let new = AppPatch { display_name: name, settings: settings.map(Some), metadata: metadata.map(Some) };
    Ok(Json(chat.update_app(scope, new).await.map_err(of_name)?.into()))
}
