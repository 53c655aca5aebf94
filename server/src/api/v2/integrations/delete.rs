use axum::extract::State;

use super::integration_id;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::IntegrationPath;
use crate::chat::Chat;

/// Delete an integration
///
/// Its webhooks and keys go with it; a chat page is gone at once.
#[utoipa::path(
    delete, path = "/apps/{appId}/integrations/{integrationId}", tag = "Integrations", operation_id = "DeleteIntegration",
    params(IntegrationPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    chat.delete_integration(scope, integration_id(&path.integration_id)?).await?;
    Ok(Json(Nothing {}))
}
