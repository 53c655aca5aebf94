use axum::extract::State;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Nothing};
use crate::chat::Chat;

/// Revoke access
///
/// Removes the calling integration, which was let in by OAuth, with its webhooks; its token is worth nothing from then on.
#[utoipa::path(
    delete, path = "/authorization", tag = "OAuth", operation_id = "RevokeAccess",
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(caller: Caller, State(chat): State<Chat>) -> Result<Json<Nothing>, ApiError> {
    let (scope, own) = caller.own_integration()?;
    chat.revoke_authorization(scope, own).await?;
    Ok(Json(Nothing {}))
}
