use axum::extract::State;

use super::{IntegrationResponse, integration_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::IntegrationPath;
use crate::chat::Chat;

/// Get an integration
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}", tag = "Integrations", operation_id = "GetIntegration",
    params(IntegrationPath), responses((status = 200, body = IntegrationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let integration = chat.require_integration(scope, integration_id(&path.integration_id)?).await?;
    Ok(Json(integration.into()))
}
