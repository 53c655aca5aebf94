//! A content as callers write it. Each type is read by itself, so that what is wrong is named by its path.

use domain::{Content, Invalid};
use serde_json::{Map, Value};

use crate::api::v2::error::ApiError;
use crate::api::v2::extract::part;

/// The content that `body` spells, not checked yet.
/// # Errors
/// 400 for a type that is unknown or not the business's to send, and for a field of the wrong type.
pub fn content(body: Map<String, Value>) -> Result<Content, ApiError> {
    const PATH: &str = "content";
    let kind = match body.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(_) => return Err(Invalid::new("content.type", "should be a string").into()),
        None => return Err(Invalid::new("content.type", "is required").into()),
    };
    let body = Value::Object(body);
    Ok(match kind.as_str() {
        "text" => Content::Text(part(PATH, body)?),
        "image" => Content::Image(part(PATH, body)?),
        "file" => Content::File(part(PATH, body)?),
        "carousel" => Content::Carousel(part(PATH, body)?),
        "list" => Content::List(part(PATH, body)?),
        "form" => Content::Form(part(PATH, body)?),
        "location" => Content::Location(part(PATH, body)?),
        "template" => Content::Template(part(PATH, body)?),
        "formResponse" => {
            return Err(Invalid::new("content.type", "should not be formResponse: only users answer forms").into());
        }
        _ => return Err(Content::unknown_type().within(PATH).into()),
    })
}
