use axum::extract::State;
use domain::webhook::NewWebhook;
use domain::{IntegrationPatch, IntegrationSettings, Invalid};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::IntegrationResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, part};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, ChatError};

/// A new integration, for the API's description: which keys are read depends on the type.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only described: the body is read by its type")]
struct NewIntegration {
    /// `web`, `custom`, or one of the channels that are kept: android, apple, instagram, ios, line, mailgun, messagebird,
    /// messenger, telegram, twilio, twitter, unity, viber, whatsapp.
    #[schema(example = "web")]
    r#type: String,
    /// Of a chat page; can't be changed later.
    can_user_see_conversation_list: Option<bool>,
    /// Of a custom integration, which begins with exactly one.
    #[schema(max_items = 1)]
    webhooks: Option<Vec<NewWebhook>>,
    #[serde(flatten)]
    settings: IntegrationPatch,
}

/// What only a new chat page is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPage {
    #[serde(default)]
    can_user_see_conversation_list: Option<bool>,
}

/// Create an integration
///
/// A chat page (`web`), a program of the business (`custom`), or a channel, whose keys are kept.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations", tag = "Integrations", operation_id = "CreateIntegration",
    params(AppPath),
    request_body(
        content = NewIntegration,
        example = json!({
            "type": "custom",
            "displayName": "Bot",
            "webhooks": [{ "target": "https://bot.example/parlor", "triggers": ["conversation:message"] }],
        }),
    ),
    responses((status = 201, body = IntegrationResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<Map<String, Value>>,
) -> Result<(StatusCode, Json<IntegrationResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let settings = settings(&body)?;
    let webhook = if settings == IntegrationSettings::Custom { Some(webhook(&body)?) } else { None };
    let given = part::<IntegrationPatch>("", Value::Object(body))?;
    let (integration, webhook) = chat.create_integration(scope, settings, given, webhook).await?;
    Ok((StatusCode::CREATED, Json(IntegrationResponse::with_webhook(integration, webhook))))
}

/// The one webhook that a custom integration begins with.
fn webhook(body: &Map<String, Value>) -> Result<NewWebhook, ApiError> {
    let webhooks = body.get("webhooks").cloned().ok_or_else(|| Invalid::new("webhooks", "is required"))?;
    let mut webhooks: Vec<NewWebhook> = part("webhooks", webhooks)?;
    match (webhooks.pop(), webhooks.is_empty()) {
        (Some(webhook), true) => Ok(webhook),
        (Some(_), false) => Err(ChatError::Refused(".webhooks: should not have more than 1 items").into()),
        (None, _) => Err(ChatError::Refused(".webhooks: should not have fewer than 1 items").into()),
    }
}

/// What the integration begins with.
pub fn settings(body: &Map<String, Value>) -> Result<IntegrationSettings, ApiError> {
    let kind = body.get("type").ok_or_else(|| Invalid::new("type", "is required"))?;
    let settings = kind.as_str().and_then(IntegrationSettings::new);
    let mut settings = settings.ok_or(ChatError::Refused("Invalid integration type"))?;
    if let IntegrationSettings::Web(web) = &mut settings {
        web.can_user_see_conversation_list =
            part::<NewPage>("", Value::Object(body.clone()))?.can_user_see_conversation_list;
    }
    Ok(settings)
}
