use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::path::IntegrationKeyPath;
use crate::chat::{Chat, KeyOwner};

/// Delete an integration's key
///
/// What it signed is worth nothing from then on.
#[utoipa::path(
    delete, path = "/apps/{appId}/integrations/{integrationId}/keys/{keyId}", tag = "CustomIntegrationApiKeys", operation_id = "DeleteIntegrationKey",
    params(IntegrationKeyPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationKeyPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let owner = KeyOwner::Integration(scope.app(), integration_id(&path.integration_id)?);
    chat.delete_key(owner, &path.key_id).await?;
    Ok(Json(Nothing {}))
}
