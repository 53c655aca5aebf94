use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::keys::KeysResponse;
use crate::api::v2::path::IntegrationPath;
use crate::chat::{Chat, KeyOwner};

/// List an integration's keys
///
/// Oldest first, all of them.
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/keys", tag = "CustomIntegrationApiKeys", operation_id = "ListIntegrationKeys",
    params(IntegrationPath), responses((status = 200, body = KeysResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
) -> Result<Json<KeysResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let owner = KeyOwner::Integration(scope.app(), integration_id(&path.integration_id)?);
    Ok(Json(chat.keys(owner).await?.into()))
}
