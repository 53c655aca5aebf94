//! Bodies, paths and queries, refused in the API's own words.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use domain::{Invalid, without_nul};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::error::ApiError;
use super::objects::Objects;
use crate::state::AppState;

/// How long a body may take to arrive; below the router's own patience, which knows no JSON.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

/// A JSON object, in or out.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        if !is_json(&media_type(&request)) {
            return Err(ApiError::NotJson);
        }
        parse(&body(request, state).await?).map(Self)
    }
}

/// A JSON object, or the same as a form: all values are texts then.
pub struct JsonOrForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonOrForm<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        if media_type(&request) != "application/x-www-form-urlencoded" {
            return Json::from_request(request, state).await.map(|Json(value)| Self(value));
        }
        let body = body(request, state).await?;
        let fields = form_urlencoded::parse(&body).into_owned().map(|(name, value)| (name, value.into()));
        part("", serde_json::Value::Object(fields.collect())).map(Self)
    }
}

/// The type of the body, without parameters, in lower case; empty where none is said.
fn media_type(request: &Request) -> String {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

async fn body(request: Request, state: &AppState) -> Result<Bytes, ApiError> {
    let body = tokio::time::timeout(BODY_PATIENCE, Bytes::from_request(request, state)).await;
    body.map_err(|_| ApiError::TooSlow)?.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::BadRequest("The body ended too early or was not well formed".into()),
    })
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(ApiError::BadRequest("The body should be a JSON object".into()));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(Objects(&mut json)).map_err(|error| misfit("", &error))?;
    json.end().map_err(|_| ApiError::BadRequest("The body should be one JSON object".into()))?;
    Ok(value)
}

/// Reads `value`, which stands at `path` in the body.
pub fn part<T: DeserializeOwned>(path: &str, value: serde_json::Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(Objects(value)).map_err(|error| misfit(path, &error))
}

/// Says what does not fit and where, below `parent`.
fn misfit(parent: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let path = error.path().to_string();
    // The position in the text helps nobody who sent an object; the path does.
    let reason = error.inner().to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let place: Vec<&str> = [parent, path.as_str()].into_iter().filter(|part| !matches!(*part, "" | ".")).collect();
    let title = if place.is_empty() { reason.to_owned() } else { format!("{}: {reason}", place.join(".")) };
    ApiError::BadRequest(title.into())
}

impl<T: Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        let json = [("content-type", "application/json; charset=utf-8")];
        (json, axum::Json(self.0)).into_response()
    }
}

/// `{}`, the answer where there is nothing to tell.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Nothing {}

/// The parts of the path, decoded once, by name; none with the character NUL.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        if let Ok(texts) = RawPathParams::from_request_parts(parts, state).await {
            texts.iter().try_for_each(|(name, text)| without_nul(name, text))?;
        }
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| ApiError::BadRequest("The path should be valid UTF-8".into()))
    }
}

/// The query's pairs, keys and values decoded: clients send `page%5Bsize%5D=2` as well as `page[size]=2`. No value has the
/// character NUL.
pub struct Query(Vec<(String, String)>);

impl Query {
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }

    /// `page[after]`, `page[before]` and `page[size]`.
    pub fn page<Id: std::str::FromStr>(&self) -> Result<domain::PageRequest<Id>, Invalid> {
        domain::PageRequest::parse(self.one("page[after]"), self.one("page[before]"), self.one("page[size]"))
    }

    /// The same, with the default size whatever `page[size]` says.
    pub fn page_of_any_size<Id: std::str::FromStr>(&self) -> Result<domain::PageRequest<Id>, Invalid> {
        domain::PageRequest::parse(self.one("page[after]"), self.one("page[before]"), None)
    }

    /// All pairs but the cursors: what links to other pages keep.
    pub fn without_cursors(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        pairs.filter(|(key, _)| !matches!(*key, "page[after]" | "page[before]"))
    }
}

impl FromRequestParts<AppState> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        pairs.iter().try_for_each(|(name, value)| without_nul(name, value))?;
        Ok(Self(pairs))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read is looked at")]
    struct Body {
        author: Author,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read is looked at")]
    struct Author {
        r#type: String,
    }

    fn refusal(body: &str) -> String {
        parse::<Body>(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_with_a_body_names_the_field() {
        assert_eq!(refusal(r#"{"author":{"type":7}}"#), "author.type: invalid type: integer `7`, expected a string");
        assert_eq!(refusal(r#"{"author":{}}"#), "author: missing field `type`");
        assert_eq!(refusal("{}"), "missing field `author`");
        assert_eq!(refusal(r#"{"author":["x"]}"#), "author: invalid type: sequence, expected struct Author");
        let refused = part::<Body>("content", serde_json::json!({ "author": ["x"] })).unwrap_err().to_string();
        assert_eq!(refused, "content.author: invalid type: sequence, expected struct Author");
    }

    #[test]
    fn a_nul_is_named_by_its_place() {
        let refused = refusal(r#"{"author":{"type":"a\u0000"}}"#);
        assert_eq!(refused, "author.type: must not contain the character NUL");
        let refused =
            part::<Body>("content", serde_json::json!({ "author": { "type": "\0" } })).unwrap_err().to_string();
        assert_eq!(refused, "content.author.type: must not contain the character NUL");
    }

    #[test]
    fn only_one_object_is_a_body() {
        for body in ["", "  ", "[]", "\"x\"", "null", "1"] {
            assert_eq!(refusal(body), "The body should be a JSON object", "{body}");
        }
        assert!(refusal("{\"author\":").contains("EOF"));
        assert_eq!(refusal(r#"{"author":{"type":"x"}} {}"#), "The body should be one JSON object");
        assert!(parse::<Body>(b"{\"author\":{\"type\":\"\xff\"}}").is_err());
    }
}
