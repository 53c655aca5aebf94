use axum::extract::State;
use domain::IntegrationPatch;

use super::{IntegrationResponse, integration_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::IntegrationPath;
use crate::chat::Chat;

/// Update an integration
///
/// Changes the keys that are there; `null` unsets.
#[utoipa::path(
    patch, path = "/apps/{appId}/integrations/{integrationId}", tag = "Integrations", operation_id = "UpdateIntegration",
    params(IntegrationPath),
    request_body(
        content = IntegrationPatch,
        example = json!({ "businessName": "Tea & Co", "brandColor": "1d4d4f", "originWhitelist": ["https://shop.example"] }),
    ),
    responses((status = 200, body = IntegrationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
    Json(body): Json<IntegrationPatch>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let integration = chat.update_integration(scope, integration_id(&path.integration_id)?, body).await?;
    Ok(Json(integration.into()))
}
