//! `{"error":{"code","description"}}`: failures in the shape of the older API.

use axum::body::Body;
use axum::response::Response;
use domain::Invalid;
use http::header::CONTENT_LENGTH;
use serde_json::json;

use crate::api::v2::error::{ApiError, Refusal};
use crate::chat::ChatError;
use crate::legacy::in_older_words;

/// `error`, where field `newer` is to blame, with that field's name `older`.
pub fn renamed(error: ChatError, newer: &'static str, older: &str) -> ApiError {
    match error {
        ChatError::Invalid(Invalid { field, rule }) if field.starts_with(newer) => {
            Invalid { field: field.replacen(newer, older, 1).into(), rule }.into()
        }
        error => error.into(),
    }
}

/// The same answer, where it is a refusal with the older body.
pub async fn in_older_shape(answer: Response) -> Response {
    let Some(Refusal { code, title }) = answer.extensions().get().cloned() else { return answer };
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = json!({ "error": { "code": code, "description": in_older_words(&title) } });
    Response::from_parts(parts, Body::from(body.to_string()))
}
