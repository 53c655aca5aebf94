use axum::extract::State;
use domain::{Invalid, NewClient};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::v1::appusers::AppUserResponse;
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, part};
use crate::chat::{Chat, Scope};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkChannel {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    integration_id: Option<String>,
    confirmation: Value,
    /// Who the user is on the channel.
    #[serde(flatten)]
    criteria: Map<String, Value>,
}

/// `POST /v1.1/appusers/{user}/channels`: the new client waits for its confirmation.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<LinkChannel>,
) -> Result<Json<AppUserResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let integration = integration(&chat, scope, &body).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    let mut criteria = body.criteria;
    criteria.insert("type".to_owned(), json!(body.kind));
    criteria.insert("integrationId".to_owned(), json!(integration));
    let target = json!({ "conversationId": conversation.id });
    let new: NewClient =
        part("", json!({ "matchCriteria": criteria, "confirmation": body.confirmation, "target": target }))?;
    chat.create_client(scope, user.id.to_string(), new).await?;
    Ok(Json(AppUserResponse::of(&chat, scope, user).await?))
}

/// The integration that is named, else the oldest of the channel's type.
async fn integration(chat: &Chat, scope: Scope, body: &LinkChannel) -> Result<String, ApiError> {
    if let Some(named) = &body.integration_id {
        return Ok(named.clone());
    }
    let found = chat.integration_of_type(scope, &body.kind).await?;
    let kind: String = body.kind.chars().take(64).collect();
    let missing = || Invalid::new("type", format!("should be a channel that is integrated; {kind} is not")).into();
    found.map(|id| id.to_string()).ok_or_else(missing)
}
