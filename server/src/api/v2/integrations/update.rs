use axum::extract::State;
use domain::IntegrationPatch;

use super::{IntegrationResponse, integration_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `PATCH /v2/apps/{appId}/integrations/{integrationId}`
pub async fn handler(
    caller: Caller,
    Path((app, integration)): Path<(String, String)>,
    State(chat): State<Chat>,
    Json(patch): Json<IntegrationPatch>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let integration = chat.update_integration(scope, integration_id(&integration)?, patch).await?;
    Ok(Json((&integration).into()))
}
