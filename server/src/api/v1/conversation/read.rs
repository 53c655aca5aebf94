use axum::extract::State;
use domain::{Activity, ActivityType, Author, Source};

use super::ConversationResponse;
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// `POST /v1.1/appusers/{user}/conversation/read`, without a body: the user has read everything.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    let activity = Activity { kind: ActivityType::Read, author: Author::user(user.id, None) };
    chat.record_activity(scope, conversation.id, activity, Source::api()).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    Ok(Json(ConversationResponse { conversation: conversation.into() }))
}
