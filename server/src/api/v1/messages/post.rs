use axum::extract::State;
use domain::{Author, Content, Metadata, Source, UserId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, part};
use crate::api::v2::messages::content::content;
use crate::api::v2::messages::destination::Destination;
use crate::chat::{Chat, NewMessage, Reach, Scope, Speaker};
use crate::legacy::{Conversation, Role, message, without_envelope};

/// What a message says of itself; the other keys are what it says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    role: Role,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    avatar_url: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    destination: Option<Destination>,
}

#[derive(Serialize)]
pub struct MessagePosted {
    message: Value,
    conversation: Conversation,
}

/// `POST /v1.1/appusers/{user}/messages`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<Map<String, Value>>,
) -> Result<(StatusCode, Json<MessagePosted>), ApiError> {
    let reached = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    Ok((StatusCode::CREATED, Json(post(&chat, &reached, body).await?)))
}

/// Posts a flat message into the user's default conversation.
/// # Errors
/// 400 with the field; 403 for a user who speaks as the business.
pub async fn post(chat: &Chat, reached: &Reached, body: Map<String, Value>) -> Result<MessagePosted, ApiError> {
    let Reached { scope, user, is_self } = reached;
    let envelope: Envelope = part("", Value::Object(body.clone()))?;
    if *is_self && envelope.role == Role::AppMaker {
        return Err(ApiError::Forbidden);
    }
    let new = envelope.new_message(chat, *scope, user.id, content_of(body)?).await?;
    let posted = chat.post_message(*scope, new).await?;
    let conversation = chat.require_default_conversation(*scope, user.id).await?;
    Ok(MessagePosted { message: message(&json!(posted.message), scope.app()), conversation: conversation.into() })
}

/// The content of a flat message.
/// # Errors
/// 400 with the field.
pub fn content_of(body: Map<String, Value>) -> Result<Content, ApiError> {
    content(without_envelope(body))
}

impl Envelope {
    async fn new_message(
        self,
        chat: &Chat,
        scope: Scope,
        user: UserId,
        content: Content,
    ) -> Result<NewMessage, ApiError> {
        let author = match self.role {
            Role::AppUser => Author::user(user, self.name),
            Role::AppMaker => Author::business(self.name),
        };
        let author = Author { avatar_url: self.avatar_url, ..author };
        let reach = match self.destination {
            Some(destination) => destination.reach(chat, scope).await?,
            None => Reach::default(),
        };
        let speaker = Speaker::InDefaultConversation { user, author };
        Ok(NewMessage { metadata: self.metadata, reach, ..NewMessage::new(speaker, content, Source::api()) })
    }
}
