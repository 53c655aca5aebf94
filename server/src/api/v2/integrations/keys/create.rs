use axum::extract::State;
use http::StatusCode;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::keys::{KeyResponse, NewKey};
use crate::api::v2::path::IntegrationPath;
use crate::chat::{Chat, KeyOwner};

/// Create an integration's key
///
/// At most ten. The answer has the secret.
/// Only custom integrations have keys.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations/{integrationId}/keys", tag = "CustomIntegrationApiKeys", operation_id = "CreateCustomIntegrationKey",
    params(IntegrationPath),
    request_body(content = NewKey, example = json!({ "displayName": "Bot" })),
    responses((status = 201, body = KeyResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewKey>,
) -> Result<(StatusCode, Json<KeyResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let owner = KeyOwner::Integration(scope.app(), integration_id(&path.integration_id)?);
    let key = chat.create_key(Some(owner), body.display_name).await?;
    Ok((StatusCode::CREATED, Json(key.into())))
}
