use axum::extract::State;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::chat::{Chat, KeyOwner};

/// `DELETE /v1.1/apps/{app}/keys/{id}`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let owner = KeyOwner::App(caller.account_over(path.app.as_deref()).await?.app());
    chat.delete_key(owner, &path.id).await?;
    Ok(Json(Nothing {}))
}
