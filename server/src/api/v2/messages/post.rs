use axum::extract::State;
use domain::{Author, AuthorType, Content, Invalid, Message, Metadata, Source};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::content::content;
use super::destination::Destination;
use super::idempotency_key::IdempotencyKey;
use crate::api::v2::caller::Caller;
use crate::api::v2::conversations::conversation_id;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::ConversationPath;
use crate::chat::{Chat, NewMessage, Reach, Scope, Speaker};

#[derive(Deserialize, ToSchema)]
pub struct PostMessage {
    author: PostAuthor,
    #[schema(value_type = Content)]
    content: Map<String, Value>,
    /// Where it is to be told, the web chat where it is not said. Everywhere else it is kept without a word to the user.
    #[serde(default)]
    destination: Option<Destination>,
    #[serde(default)]
    metadata: Option<Metadata>,
    /// Whose templates the content is written in.
    #[serde(default)]
    #[expect(dead_code, reason = "whether it can be read is all that is asked of it")]
    schema: Option<TemplateSchema>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TemplateSchema {
    Whatsapp,
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
///
/// With an `Idempotency-Key`, the same message again is answered with the first one, another under the same key with 409.
#[utoipa::path(
    post, path = "/apps/{appId}/conversations/{conversationId}/messages", tag = "Messages", operation_id = "PostMessage",
    params(
        ConversationPath,
        ("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]{1,255}$", description = "1 to 255 visible characters, unique in the conversation"),
    ),
    request_body(
        content = PostMessage,
        example = json!({
            "author": { "type": "business", "displayName": "Ada" },
            "content": {
                "type": "text",
                "text": "Is it the green one?",
                "actions": [
                    { "type": "reply", "text": "Yes", "payload": "GREEN" },
                    { "type": "reply", "text": "No", "payload": "OTHER" },
                ],
            },
        }),
    ),
    responses((status = 201, body = MessagesPosted), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<ConversationPath>,
    State(chat): State<Chat>,
    IdempotencyKey(sent_as): IdempotencyKey,
    Json(body): Json<PostMessage>,
) -> Result<(StatusCode, Json<MessagesPosted>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let conversation = conversation_id(&path.conversation_id)?;
    let content = content(body.content)?;
    let reach = match body.destination {
        Some(destination) => destination.reach(&chat, scope).await?,
        None => Reach::default(),
    };
    let speaker = Speaker::InConversation { conversation, author: body.author.resolve(&chat, scope).await? };
    let new =
        NewMessage { metadata: body.metadata, sent_as, reach, ..NewMessage::new(speaker, content, Source::api()) };
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
