use axum::extract::State;
use http::StatusCode;

use super::{KeyResponse, NewKey};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, KeyOwner};

/// Create an app's key
///
/// At most ten. The answer has the secret.
#[utoipa::path(
    post, path = "/apps/{appId}/keys", tag = "AppKeys", operation_id = "CreateAppKey",
    params(AppPath),
    request_body(content = NewKey, example = json!({ "displayName": "Backend" })),
    responses((status = 201, body = KeyResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewKey>,
) -> Result<(StatusCode, Json<KeyResponse>), ApiError> {
    let owner = KeyOwner::App(caller.account_over(&path.app_id).await?.app());
    let key = chat.create_key(Some(owner), body.display_name).await?;
    Ok((StatusCode::CREATED, Json(key.into())))
}
