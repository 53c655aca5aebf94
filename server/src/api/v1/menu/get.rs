use axum::extract::State;

use super::{MenuResponse, integration_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::{AppPath, IdPath};
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `GET /v1.1/menu`
pub async fn of_app(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<MenuResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(MenuResponse { menu: chat.menu(scope, None).await? }))
}

/// `GET /v1.1/integrations/{id}/menu`
pub async fn of_integration(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
) -> Result<Json<MenuResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(MenuResponse { menu: chat.menu(scope, Some(integration_id(&path)?)).await? }))
}
