use axum::extract::State;
use domain::{Author, AuthorType, Content, Invalid, Message, Metadata, Source, Text};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, NewMessage, Scope, Speaker};

#[derive(Deserialize, ToSchema)]
pub struct PostMessage {
    author: PostAuthor,
    #[schema(value_type = Content)]
    content: Map<String, Value>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// An author as callers write it: a user may be named by the business's own id.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostAuthor {
    #[serde(default)]
    user_external_id: Option<String>,
    #[serde(flatten)]
    author: Author,
}

#[derive(Serialize, ToSchema)]
pub struct MessagesPosted {
    messages: [Message; 1],
}

/// Post a message
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/messages", tag = "Messages", operation_id = "PostMessage",
    params(ConversationPath), request_body = PostMessage, responses((status = 201, body = MessagesPosted), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostMessage>,
) -> Result<(StatusCode, Json<MessagesPosted>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    let new = NewMessage {
        content: content(&body.content)?,
        speaker: Speaker::InConversation { conversation, author: body.author.resolve(&chat, scope).await? },
        source: Source::api(),
        metadata: body.metadata,
        sent_as: None,
    };
    let posted = chat.post_message(scope, new).await?;
    Ok((StatusCode::CREATED, Json(MessagesPosted { messages: [posted.message] })))
}

impl PostAuthor {
    /// The author with a user's id where one is due.
    /// # Errors
    /// 400 for a user without an id, or with both; 404 for one that does not exist.
    pub async fn resolve(self, chat: &Chat, scope: Scope) -> Result<Author, ApiError> {
        let Self { user_external_id, author } = self;
        match (author.kind, author.user_id, user_external_id) {
            (AuthorType::Business, ..) => Ok(Author { user_id: None, ..author }),
            (AuthorType::User, Some(_), None) => Ok(author),
            (AuthorType::User, None, Some(external_id)) => {
                let user = chat.require_user_by_external_id(scope, &external_id).await?;
                Ok(Author { user_id: Some(user.id), ..author })
            }
            (AuthorType::User, ..) => Err(Invalid::new("author", "should have either userId or userExternalId").into()),
        }
    }
}

/// The content as far as this version goes. What it can't keep it refuses by name, rather than lose it.
fn content(body: &Map<String, Value>) -> Result<Content, Invalid> {
    let kind = body.get("type").and_then(Value::as_str).ok_or_else(|| Invalid::new("content.type", "is required"))?;
    if kind != "text" {
        return Err(Invalid::new("content.type", "should be equal to one of the allowed values: text"));
    }
    for field in ["actions", "payload", "htmlText", "markdownText"] {
        if body.get(field).is_some_and(|value| !value.is_null()) {
            return Err(Invalid::new(format!("content.{field}"), "is not supported by this version"));
        }
    }
    match body.get("text") {
        Some(Value::String(text)) => Ok(Content::Text(Text { text: text.clone() })),
        Some(_) => Err(Invalid::new("content.text", "should be a string")),
        None => Err(Invalid::new("content.text", "is required")),
    }
}
