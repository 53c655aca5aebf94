use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::post as post_route;
use domain::{Access, Invalid};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::attachments::receive;
use super::caller::{Caller, Reached};
use super::messages::{MessagePosted, post};
use super::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, part};
use crate::chat::{Chat, NewAttachment};
use crate::state::AppState;

/// Parts of the form that are JSON; all others are texts.
const JSON_PARTS: [&str; 3] = ["metadata", "actions", "destination"];

/// Below `/appusers`.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/{user}/images", post_route(handler))
}

/// `POST /v1.1/appusers/{user}/images`: the file in the part `source`, what else the message says in further parts.
async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<MessagePosted>), ApiError> {
    let reached = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let Reached { scope, user, .. } = &reached;
    let form = receive(&chat, &headers, body).await?;
    let mut message = message(&form.fields)?;
    let new = NewAttachment { access: Access::Public, conversation: None, user: Some(user.id), is_image: false };
    let (attachment, url) = chat.add_attachment(*scope, new, form).await?;
    message.insert("type".to_owned(), json!("image"));
    message.insert("mediaUrl".to_owned(), json!(url));
    let posted = if attachment.media_type.starts_with("image/") {
        post(&chat, &reached, message).await
    } else {
        Err(Invalid::new("source", "should be an image").into())
    };
    if posted.is_err() {
        chat.remove_attachment(*scope, &url).await?;
    }
    Ok((StatusCode::CREATED, Json(posted?)))
}

/// The flat message that the texts of a form make up.
fn message(fields: &[(String, String)]) -> Result<Map<String, Value>, ApiError> {
    let field = |(name, text): &(String, String)| {
        let Some(json) = JSON_PARTS.iter().find(|part| *part == name) else { return Ok((name.clone(), json!(text))) };
        let value = serde_json::from_str(text).map_err(|_| Invalid::new(*json, "should be JSON"))?;
        Ok((name.clone(), value))
    };
    let message = fields.iter().map(field).collect::<Result<Map<_, _>, Invalid>>()?;
    part("", Value::Object(message))
}
