mod create;
mod remove;

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::api::v2::error::ApiError;
use crate::chat::{Chat, ChatError};
use crate::files::Form;
use crate::state::AppState;

/// The multipart form in `body`.
/// # Errors
/// 400 for what is none; 408, 413.
pub async fn receive(chat: &Chat, headers: &HeaderMap, body: Body) -> Result<Form, ApiError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = chat.files().receive(content_type, body.into_data_stream()).await;
    Ok(form.map_err(ChatError::from)?)
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/attachments/remove", post(remove::handler))
}

/// Files, which come in another size and at another pace than JSON.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/attachments", post(create::handler))
}
