use axum::extract::State;
use domain::webhook::NewWebhook;
use http::StatusCode;
use serde::Deserialize;

use super::WebhookResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, WebhookOwner};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateWebhook {
    target: String,
    /// What was said and who said it, unless something else is asked for.
    #[serde(default = "messages")]
    triggers: Vec<String>,
    #[serde(default)]
    include_client: Option<bool>,
    #[serde(default)]
    include_full_app_user: Option<bool>,
}

fn messages() -> Vec<String> {
    vec!["message".to_owned()]
}

impl From<CreateWebhook> for NewWebhook {
    fn from(body: CreateWebhook) -> Self {
        let CreateWebhook { target, triggers, include_client, include_full_app_user } = body;
        Self { target, triggers, include_full_user: include_full_app_user, include_full_source: include_client }
    }
}

/// `POST /v1.1/webhooks`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<CreateWebhook>,
) -> Result<(StatusCode, Json<WebhookResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let webhook = chat.create_webhook(scope, WebhookOwner::App, body.into()).await?;
    Ok((StatusCode::CREATED, Json(webhook.into())))
}
