use axum::extract::State;
use serde::Serialize;

use super::WebhookBody;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, WebhookOwner};

#[derive(Serialize)]
pub struct WebhooksResponse {
    webhooks: Vec<WebhookBody>,
}

/// `GET /v1.1/webhooks`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<WebhooksResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let webhooks = chat.webhooks_of(scope, WebhookOwner::App).await?;
    Ok(Json(WebhooksResponse { webhooks: webhooks.into_iter().map(WebhookBody::from).collect() }))
}
