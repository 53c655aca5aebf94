use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

use super::KeyResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v1::refusal::renamed;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, KeyOwner};

#[derive(Deserialize)]
pub struct CreateKey {
    name: String,
}

/// `POST /v1.1/apps/{app}/keys`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<CreateKey>,
) -> Result<(StatusCode, Json<KeyResponse>), ApiError> {
    let owner = KeyOwner::App(caller.account_over(path.app.as_deref()).await?.app());
    let key = chat.create_key(Some(owner), body.name).await;
    let key = key.map_err(|error| renamed(error, "displayName", "name"))?;
    Ok((StatusCode::CREATED, Json(key.into())))
}
