use axum::extract::State;
use domain::{ActionId, Source};
use serde::Deserialize;

use super::ConversationResponse;
use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, ChatError, Noun};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostPostback {
    action_id: String,
}

/// `POST /v1.1/appusers/{user}/conversation/postback`: the user clicked a button.
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostPostback>,
) -> Result<Json<ConversationResponse>, ApiError> {
    let Reached { scope, user, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let conversation = chat.require_default_conversation(scope, user.id).await?;
    let action: ActionId = body.action_id.parse().map_err(|_| ChatError::NotFound(Noun::Action))?;
    chat.post_postback(scope, conversation.id, user.id, action, Source::api()).await?;
    Ok(Json(ConversationResponse { conversation: conversation.into() }))
}
