use axum::extract::State;
use serde::Serialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::auth::credentials::token_of;
use crate::chat::{Chat, KeyOwner};

#[derive(Serialize)]
pub struct JwtResponse {
    jwt: String,
}

/// `GET /v1.1/apps/{app}/keys/{id}/jwt`: a token of the key, good as long as the key.
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
) -> Result<Json<JwtResponse>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(path.app.as_deref()).await?.app());
    let key = chat.require_key(owner, &path.id).await?;
    Ok(Json(JwtResponse { jwt: token_of(&key, chat.clock().now()) }))
}
