use axum::extract::State;
use domain::{Activity, ActivityType, AuthorType, Invalid};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::caller::Caller;
use super::conversations::conversation_id;
use super::error::ApiError;
use super::extract::{Json, Path};
use super::messages::post::PostAuthor;
use crate::chat::Chat;

#[derive(Deserialize)]
pub struct PostActivity {
    author: PostAuthor,
    #[serde(rename = "type")]
    kind: ActivityType,
}

/// `POST /v2/apps/{appId}/conversations/{conversationId}/activity`
pub async fn handler(
    caller: Caller,
    Path((app, conversation)): Path<(String, String)>,
    State(chat): State<Chat>,
    Json(body): Json<PostActivity>,
) -> Result<Json<Map<String, Value>>, ApiError> {
    let scope = caller.scope(&app).await?;
    let conversation = conversation_id(&conversation)?;
    let author = body.author.resolve(&chat, scope).await?.checked()?;
    if author.kind == AuthorType::User && body.kind != ActivityType::Read {
        return Err(Invalid::new("type", "of a user should be conversation:read").into());
    }
    chat.record_activity(scope, conversation, Activity { kind: body.kind, author }).await?;
    Ok(Json(Map::new()))
}
