use axum::extract::State;

use super::{clients_of, is_called};
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::PartPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::{Chat, ChatError, Noun};

/// `POST /v1.1/appusers/{user}/integrations/{channel}/ping`, without a body: whether the user can be reached there.
pub async fn handler(
    caller: Caller,
    Path(path): Path<PartPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let clients = clients_of(&chat, scope, &user).await?;
    let reached = clients.iter().any(|client| is_called(client, &path.part));
    if reached { Ok(Json(Nothing {})) } else { Err(ChatError::NotFound(Noun::Client).into()) }
}
