use axum::extract::State;
use domain::{Activity, ActivityType, Author, Invalid, Source};
use serde::Deserialize;

use super::ConversationResponse;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;
use crate::legacy::Role;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostActivity {
    role: Role,
    #[serde(rename = "type")]
    kind: ActivityType,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    avatar_url: Option<String>,
}

/// `POST /v1.1/appusers/{user}/conversation/activity`: typing and reading as the business.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostActivity>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let (scope, user) = caller.user(path.app.as_deref(), &path.user).await?;
    if body.role != Role::AppMaker {
        return Err(Invalid::new("role", "should be appMaker").into());
    }
    let author = Author { avatar_url: body.avatar_url, ..Author::business(body.name) }.checked()?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    chat.record_activity(scope, conversation.id, Activity { kind: body.kind, author }, Source::api()).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    Ok(Json(ConversationResponse { conversation: conversation.into() }))
}
