use axum::extract::State;
use domain::NewMenu;
use http::StatusCode;

use super::{MenuResponse, integration_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::{AppPath, IdPath};
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `PUT /v1.1/menu`
pub async fn of_app(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewMenu>,
) -> Result<Json<MenuResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(MenuResponse { menu: chat.set_menu(scope, None, body).await? }))
}

/// `PUT /v1.1/integrations/{id}/menu`
pub async fn of_integration(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewMenu>,
) -> Result<Json<MenuResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(MenuResponse { menu: chat.set_menu(scope, Some(integration_id(&path)?), body).await? }))
}

/// `POST /v1.1/integrations/{id}/menu`
pub async fn new_of_integration(
    caller: Caller,
    path: Path<IdPath>,
    chat: State<Chat>,
    body: Json<NewMenu>,
) -> Result<(StatusCode, Json<MenuResponse>), ApiError> {
    Ok((StatusCode::CREATED, of_integration(caller, path, chat, body).await?))
}
