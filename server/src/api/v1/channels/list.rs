use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::v1::appusers::clients_of;
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;
use crate::legacy::client;

#[derive(Serialize)]
pub struct ChannelsResponse {
    channels: Vec<Value>,
}

/// `GET /v1.1/appusers/{user}/channels`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<ChannelsResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let clients = clients_of(&chat, scope, &user).await?;
    Ok(Json(ChannelsResponse { channels: clients.iter().map(|it| client(&json!(it))).collect() }))
}
