use axum::extract::State;
use serde::Serialize;

use super::KeyBody;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, KeyOwner};

#[derive(Serialize)]
pub struct KeysResponse {
    keys: Vec<KeyBody>,
}

/// `GET /v1.1/apps/{app}/keys`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<KeysResponse>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(path.app.as_deref()).await?.app());
    let keys = chat.keys(owner).await?;
    Ok(Json(KeysResponse { keys: keys.into_iter().map(KeyBody::from).collect() }))
}
