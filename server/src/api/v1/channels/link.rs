use axum::extract::State;
use domain::Invalid;
use domain::client::{Confirmation, MatchCriteria};
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

/// The body in the words of v2. There is no target: it is the one conversation that the older API knows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    match_criteria: MatchCriteria,
    confirmation: Confirmation,
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
    let mut criteria = body.criteria;
    criteria.insert("type".to_owned(), json!(body.kind));
    criteria.insert("integrationId".to_owned(), json!(integration));
    let Link { match_criteria, confirmation } =
        part("", json!({ "matchCriteria": criteria, "confirmation": body.confirmation }))?;
    chat.link_channel(scope, user.id.to_string(), match_criteria, confirmation).await?;
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
