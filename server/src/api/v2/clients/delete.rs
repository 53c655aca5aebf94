use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing, Path};
use crate::api::v2::path::ClientPath;
use crate::chat::Chat;

/// Remove a client
///
/// Any but the one of type `sdk`, which all chat pages share.
#[utoipa::path(
    delete, path = "/apps/{appId}/users/{userIdOrExternalId}/clients/{clientId}", tag = "Clients",
    operation_id = "RemoveClient",
    params(ClientPath), responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ClientPath>,
    State(chat): State<Chat>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    chat.delete_client(scope, path.user_id_or_external_id, path.client_id.parse().ok()).await?;
    Ok(Json(Nothing {}))
}
