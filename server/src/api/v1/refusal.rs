//! `{"error":{"code","description"}}`: failures in the shape of the older API.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use serde_json::json;

use crate::api::v2::error::Refusal;
use crate::legacy::in_older_words;

/// The same answer, where it is a refusal with the older body.
pub async fn in_older_shape(answer: Response) -> Response {
    let Some(Refusal { code, title }) = answer.extensions().get().cloned() else { return answer };
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let body = json!({ "error": { "code": code, "description": in_older_words(&title) } });
    Response::from_parts(parts, Body::from(body.to_string()))
}
