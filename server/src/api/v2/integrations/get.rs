use axum::extract::State;

use super::{IntegrationResponse, integration_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `GET /v2/apps/{appId}/integrations/{integrationId}`
pub async fn handler(
    caller: Caller,
    Path((app, integration)): Path<(String, String)>,
    State(chat): State<Chat>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let integration = chat.require_integration(scope, integration_id(&integration)?).await?;
    Ok(Json((&*integration).into()))
}
