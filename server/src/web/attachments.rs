//! Uploaded files, given back so that nothing in them can run in our origin: images that were decoded and cleaned are shown,
//! everything else is only ever saved.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::{Access, Attachment, AttachmentKey};
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;

use super::headers::no_store;
use crate::chat::ChatError;
use crate::files::address::escaped;
use crate::files::range::{Wanted, wanted};
use crate::files::{FileError, Part};
use crate::state::AppState;
use crate::telemetry::causes;

/// What an address of a private file carries.
#[derive(Default, Deserialize)]
pub struct Signed {
    expires: Option<String>,
    signature: Option<String>,
}

/// Key and name; the name is for people. What is no text names no file.
type FilePath = Result<Path<(String, String)>, PathRejection>;
type SignedQuery = Result<Query<Signed>, QueryRejection>;

/// `GET /attachments/{key}/{name}`
pub async fn file(
    State(state): State<AppState>,
    path: FilePath,
    signed: SignedQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    answer(&state, Part::Whole, path, signed, &method, &headers).await.unwrap_or_else(|error| refusal(&error))
}

/// `GET /attachments/{key}/thumbnail/{name}`: the image itself where that is small.
pub async fn thumbnail(
    State(state): State<AppState>,
    path: FilePath,
    signed: SignedQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    answer(&state, Part::Thumbnail, path, signed, &method, &headers).await.unwrap_or_else(|error| refusal(&error))
}

/// One version of a file: its bytes never change.
struct Version<'a> {
    part: Part,
    media_type: &'a str,
    size: u64,
    etag: String,
}

fn version(file: &Attachment, part: Part) -> Result<Version<'_>, ChatError> {
    match (part, &file.thumbnail) {
        (Part::Thumbnail, _) if file.pixels.is_none() => Err(FileError::Missing.into()),
        (Part::Thumbnail, Some(small)) => Ok(Version {
            part,
            media_type: &small.media_type,
            size: small.size,
            etag: format!("\"{}-thumbnail\"", file.key),
        }),
        _ => Ok(Version {
            part: Part::Whole,
            media_type: &file.media_type,
            size: file.size,
            etag: format!("\"{}\"", file.key),
        }),
    }
}

async fn answer(
    state: &AppState,
    part: Part,
    path: FilePath,
    signed: SignedQuery,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, ChatError> {
    let key: Option<AttachmentKey> = path.ok().and_then(|Path((key, _))| key.parse().ok());
    let key = key.ok_or(FileError::Missing)?;
    let Signed { expires, signature } = signed.map(|Query(signed)| signed).unwrap_or_default();
    let signed = expires.as_deref().zip(signature.as_deref());
    let file = state.chat.readable_attachment(&key, signed).await?.ok_or(FileError::Missing)?;
    let version = version(&file, part)?;
    let common = common_headers(&file, &version);
    let asks = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if asks(IF_NONE_MATCH).is_some_and(|tags| tags.trim() == "*" || tags.contains(&version.etag)) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let is_same = asks(IF_RANGE).is_none_or(|tag| tag == version.etag);
    let range = asks(RANGE).filter(|_| is_same && method == Method::GET);
    let (status, range) = match range.map_or(Wanted::Whole, |range| wanted(range, version.size)) {
        Wanted::Whole => (StatusCode::OK, None),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Wanted::Nothing => {
            let size = [(CONTENT_RANGE, format!("bytes */{}", version.size))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, size, no_store()).into_response());
        }
    };
    let length = range.as_ref().map_or(version.size, |range| range.end - range.start);
    let part = range.as_ref().map(|it| format!("bytes {}-{}/{}", it.start, it.end - 1, version.size));
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(state.chat.files().store().read(file.app, &file.key, version.part, range).await?)
    };
    let mut answer = (status, common, [(CONTENT_LENGTH, length.to_string())], body).into_response();
    if let Some(part) = part.and_then(|part| HeaderValue::from_str(&part).ok()) {
        answer.headers_mut().insert(CONTENT_RANGE, part);
    }
    Ok(answer)
}

fn common_headers(file: &Attachment, version: &Version<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value).expect("types, keys and escaped names are plain ASCII");
        headers.insert(name, value);
    };
    set(CONTENT_TYPE, version.media_type);
    set(CONTENT_DISPOSITION, &disposition(&file.name, file.pixels.is_some()));
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    set(ETAG, &version.etag);
    set(ACCEPT_RANGES, "bytes");
    set(
        CACHE_CONTROL,
        match file.access {
            Access::Public => "public, max-age=31536000, immutable",
            Access::Private => "private, max-age=300",
        },
    );
    headers
}

/// How a browser treats the file, with its name twice: as every client reads it, and as it really is (RFC 6266).
fn disposition(name: &str, is_shown: bool) -> String {
    let how = if is_shown { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", escaped(name))
}

fn refusal(error: &ChatError) -> Response {
    if matches!(error, ChatError::Files(FileError::Missing)) {
        return (StatusCode::NOT_FOUND, no_store(), "not found\n").into_response();
    }
    if !error.is_logged() {
        tracing::error!(error = causes(error), "a file could not be served");
    }
    let later = [(RETRY_AFTER, "2")];
    (StatusCode::SERVICE_UNAVAILABLE, no_store(), later, "not available; try again in a moment\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_leave_its_header() {
        assert_eq!(disposition("a.png", true), "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
        assert_eq!(
            disposition("é\"; x=\\%\r\n.txt", false),
            "attachment; filename=\"__; x=____.txt\"; filename*=UTF-8''%C3%A9%22%3B%20x%3D%5C%25%0D%0A.txt"
        );
    }
}
