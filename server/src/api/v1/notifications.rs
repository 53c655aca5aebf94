use axum::Router;
use axum::extract::State;
use axum::routing::post;
use domain::{Author, IntegrationId, MessageId, Source};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::caller::Caller;
use super::messages::content_of;
use super::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::{Chat, ChatError, NewMessage, Noun, Speaker};
use crate::state::AppState;

#[derive(Deserialize)]
struct PostNotification {
    destination: Destination,
    #[serde(default)]
    author: Option<NotificationAuthor>,
    message: Map<String, Value>,
}

/// A user on a channel. On the web chat a user goes by either id.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destination {
    integration_id: String,
    destination_id: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NotificationAuthor {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    avatar_url: Option<String>,
}

#[derive(Serialize)]
struct NotificationResponse {
    notification: Notification,
}

#[derive(Serialize)]
struct Notification {
    #[serde(rename = "_id")]
    id: MessageId,
}

/// Only in the long form.
pub fn routes() -> Router<AppState> {
    Router::new().route("/notifications", post(handler))
}

/// `POST /v1.1/apps/{app}/notifications`: a message of the business to a user who is known here.
async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostNotification>,
) -> Result<(StatusCode, Json<NotificationResponse>), ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let no_integration = |_| ChatError::NotFound(Noun::Integration);
    let integration: IntegrationId = body.destination.integration_id.parse().map_err(no_integration)?;
    chat.require_integration(scope, integration).await?;
    let user = chat.require_user(scope, &body.destination.destination_id).await?;
    let NotificationAuthor { name, avatar_url } = body.author.unwrap_or_default();
    let author = Author { avatar_url, ..Author::business(name) };
    let speaker = Speaker::InDefaultConversation { user: user.id, author };
    let posted = chat.post_message(scope, NewMessage::new(speaker, content_of(body.message)?, Source::api())).await?;
    let notification = Notification { id: posted.message.id };
    Ok((StatusCode::CREATED, Json(NotificationResponse { notification })))
}
