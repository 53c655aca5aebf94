use axum::extract::State;

use super::webhook_id;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::webhooks::{Replay, Replayed};
use crate::chat::{Chat, WebhookOwner};

/// `POST /v1.1/webhooks/{id}/replay`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(body): Json<Replay>,
) -> Result<Json<Replayed>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let replayed = chat.replay(scope, WebhookOwner::App, webhook_id(&path.id)?, body.selection()?).await?;
    Ok(Json(Replayed { replayed }))
}
