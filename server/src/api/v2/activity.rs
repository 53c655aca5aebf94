use axum::extract::State;
use domain::{Activity, ActivityType, AuthorType, Invalid, Source};
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::conversations::conversation_id;
use super::error::ApiError;
use super::extract::{Json, Nothing, Path};
use super::messages::post::PostAuthor;
use super::path::ConversationPath;
use crate::chat::Chat;

#[derive(Deserialize, ToSchema)]
pub struct PostActivity {
    author: PostAuthor,
    #[serde(rename = "type")]
    kind: ActivityType,
}

/// Post an activity
///
/// Typing and reading as the business; reading as a user, who takes part.
/// A user does not type here.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/activity", tag = "Activities", operation_id = "PostActivity",
    params(ConversationPath),
    request_body(content = PostActivity, example = json!({ "author": { "type": "business" }, "type": "typing:start" })),
    responses((status = 200, body = Nothing), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostActivity>,
) -> Result<Json<Nothing>, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    let author = body.author.resolve(&chat, scope).await?.checked()?;
    if author.kind == AuthorType::User && body.kind != ActivityType::Read {
        return Err(Invalid::new("type", "of a user should be conversation:read").into());
    }
    let activity = Activity { kind: body.kind, author };
    chat.record_activity(scope, conversation, activity, Source::api()).await?;
    Ok(Json(Nothing {}))
}
