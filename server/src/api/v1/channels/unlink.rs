use axum::extract::State;

use crate::api::v1::appusers::{clients_of, is_called};
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::PartPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::Chat;

/// `DELETE /v1.1/appusers/{user}/channels/{channel}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<PartPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let clients = clients_of(&chat, scope, &user).await?;
    let client = clients.iter().find(|client| is_called(client, &path.part));
    chat.delete_client(scope, user.id.to_string(), client.map(|client| client.id)).await?;
    Ok(Json(Nothing {}))
}
