use axum::extract::State;
use domain::webhook::WebhookPatch;
use serde::Deserialize;

use super::{WebhookResponse, webhook_id};
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, WebhookOwner};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookChanges {
    target: Option<String>,
    triggers: Option<Vec<String>>,
    include_client: Option<bool>,
    include_full_app_user: Option<bool>,
}

impl From<WebhookChanges> for WebhookPatch {
    fn from(body: WebhookChanges) -> Self {
        let WebhookChanges { target, triggers, include_client, include_full_app_user } = body;
        Self { target, triggers, include_full_user: include_full_app_user, include_full_source: include_client }
    }
}

/// `PUT /v1.1/webhooks/{id}`: changes the keys that are there; the secret stays.
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(chat): State<Chat>,
    Json(body): Json<WebhookChanges>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    Ok(Json(chat.update_webhook(scope, WebhookOwner::App, webhook_id(&path.id)?, body.into()).await?.into()))
}
