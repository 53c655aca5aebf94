use axum::extract::State;
use domain::IntegrationPatch;

use super::{IntegrationResponse, integration_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `PUT /v1.1/apps/{app}/integrations/{id}`: changes the keys that are there.
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(changes): Json<IntegrationPatch>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(chat.update_integration(scope, integration_id(&path)?, changes).await?.into()))
}
