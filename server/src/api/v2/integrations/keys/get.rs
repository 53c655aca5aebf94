use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::keys::KeyResponse;
use crate::api::v2::path::IntegrationKeyPath;
use crate::chat::{Chat, KeyOwner};

/// Get an integration's key
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/keys/{keyId}", tag = "CustomIntegrationApiKeys", operation_id = "GetIntegrationKey",
    params(IntegrationKeyPath), responses((status = 200, body = KeyResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationKeyPath>,
    State(chat): State<Chat>,
) -> Result<Json<KeyResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let owner = KeyOwner::Integration(scope.app(), integration_id(&path.integration_id)?);
    Ok(Json(chat.require_key(owner, &path.key_id).await?.into()))
}
