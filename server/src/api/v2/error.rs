//! `{"errors":[{"code","title"}]}`: the only place that turns a failure into a status.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::chat::{ChatError, Noun};
use crate::files::FileError;
use crate::guard::whole_seconds;
use crate::telemetry::causes;

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// No key, an unknown one, or a wrong secret.
    #[error("Authorization is required")]
    Unauthorized,
    /// A client or a code of OAuth that can't be taken; which of them is nobody's business.
    #[error("The client, its secret or the code is not good; a code works once, for ten minutes")]
    NoGrant,
    /// A good key that does not reach this far.
    #[error("The key does not allow this")]
    Forbidden,
    /// A key that calls too often.
    #[error("Too many requests; go on in {seconds} s")]
    TooManyRequests { seconds: u64 },
    /// The body is no JSON object, or not of the right shape.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    #[error("The content-type should be application/json")]
    NotJson,
    #[error("The body should not be larger than 100 kB")]
    TooLarge,
    #[error("The body did not arrive in time")]
    TooSlow,
}

/// Every answer that is no success.
#[derive(Serialize, ToSchema)]
pub struct Errors {
    #[schema(min_items = 1)]
    errors: Vec<ErrorEntry>,
}

#[derive(Serialize, ToSchema)]
struct ErrorEntry {
    /// For programs.
    #[schema(pattern = "^[a-z_]+$", example = "bad_request")]
    code: &'static str,
    /// For people; names the field that is to blame.
    #[schema(min_length = 1, example = "content.text must not be empty")]
    title: String,
}

/// The failures that every operation has in common, for the API's description.
impl IntoResponses for ApiError {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Errors"))).build();
        let failures = [
            (400, "Something in the request is not as it should be; the title names it"),
            (401, "No key or token, or none that is good"),
            (403, "A good key that does not reach this far"),
            (404, "What the path, the query or the body names does not exist"),
            (405, "The route does not answer to this method"),
            (408, "The request did not arrive in time"),
            (409, "It conflicts with what exists already"),
            (413, "The body is too large"),
            (415, "The body is not of the right type"),
            (423, "The conversation is full"),
            (429, "Too many requests; `retry-after` says how many seconds to wait"),
            (500, "A fault of this server"),
            (503, "Storage is not available; `retry-after` says how many seconds to wait"),
        ];
        let described = failures.map(|(status, why)| {
            let response = ResponseBuilder::new().description(why).content("application/json", content()).build();
            (status.to_string(), RefOr::T(response))
        });
        described.into()
    }
}

impl From<domain::Invalid> for ApiError {
    fn from(invalid: domain::Invalid) -> Self {
        Self::Chat(ChatError::Invalid(invalid))
    }
}

fn chat_status(error: &ChatError) -> (StatusCode, &'static str, Cow<'static, str>) {
    match error {
        ChatError::NotFound(noun) => {
            let (code, title) = match noun {
                Noun::App => ("app_not_found", "App not found"),
                Noun::Integration => ("integration_not_found", "Integration not found"),
                Noun::User => ("user_not_found", "User not found"),
                Noun::Conversation => ("conversation_not_found", "Conversation not found"),
                Noun::Client => ("client_not_found", "Client not found"),
                Noun::Device => ("device_not_found", "Device not found"),
                Noun::Session => ("session_not_found", "Session not found"),
                Noun::Switchboard => ("switchboard_not_found", "Switchboard not found"),
                Noun::SwitchboardIntegration => {
                    ("switchboard_integration_not_found", "Switchboard integration not found")
                }
                Noun::Message => ("not_found", "Message not found"),
                Noun::Participant => ("not_found", "Participant not found"),
                Noun::Key => ("not_found", "Key not found"),
                Noun::Webhook => ("not_found", "Webhook not found"),
                Noun::Delivery => ("not_found", "Delivery not found"),
                Noun::Attachment => ("not_found", "Attachment not found"),
                Noun::Action => ("not_found", "Action not found"),
                Noun::Link => ("not_found", "Link not found"),
                Noun::Ban => ("not_found", "Ban not found"),
                Noun::Template => ("not_found", "Template not found"),
                Noun::OAuthClient => ("not_found", "OAuth client not found"),
                Noun::RedirectUri => ("not_found", "The redirect_uri is none of the OAuth client's"),
                Noun::Cursor => ("not_found", "The page cursor names no record of this list"),
            };
            (StatusCode::NOT_FOUND, code, title.into())
        }
        ChatError::Invalid(invalid) => (StatusCode::BAD_REQUEST, "bad_request", invalid.to_string().into()),
        ChatError::Refused(why) => (StatusCode::BAD_REQUEST, "bad_request", (*why).into()),
        ChatError::TooManySwitchboardIntegrations(_) => {
            (StatusCode::BAD_REQUEST, "too_many_switchboard_integrations", error.to_string().into())
        }
        ChatError::Forbidden(why) => (StatusCode::FORBIDDEN, "forbidden", (*why).into()),
        ChatError::Conflict => (StatusCode::CONFLICT, "conflict", "It conflicts with what exists already".into()),
        ChatError::UserExists => (StatusCode::CONFLICT, "conflict", "User already exists".into()),
        ChatError::Banned => (StatusCode::FORBIDDEN, "forbidden", "The visitor is banned".into()),
        ChatError::SessionEnded => (StatusCode::UNAUTHORIZED, "unauthorized", "The session has ended".into()),
        ChatError::Full => {
            (StatusCode::LOCKED, "locked", "The conversation holds 30000 messages, the most it may".into())
        }
        ChatError::TooMany { wait } => {
            let seconds = whole_seconds(*wait);
            (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                ApiError::TooManyRequests { seconds }.to_string().into(),
            )
        }
        ChatError::Unavailable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "Storage is not available; try again in a moment".into(),
        ),
        ChatError::Files(error) => file_status(error),
        ChatError::Broken(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something is wrong on our side".into())
        }
    }
}

fn file_status(error: &FileError) -> (StatusCode, &'static str, Cow<'static, str>) {
    match error {
        FileError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "The file should not be larger than 50 MB, nor a field beside it than 100 kB".into(),
        ),
        FileError::TooSlow => {
            (StatusCode::REQUEST_TIMEOUT, "request_timeout", "The upload did not arrive in time".into())
        }
        FileError::Malformed(title) => (StatusCode::BAD_REQUEST, "bad_request", (*title).into()),
        FileError::NotAnImage => (StatusCode::BAD_REQUEST, "bad_request", "The file should be an image".into()),
        FileError::Missing => (StatusCode::NOT_FOUND, "not_found", "Attachment not found".into()),
        FileError::Unavailable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "The file store is not available; try again in a moment".into(),
        ),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, title) = match &self {
            Self::Chat(error) => chat_status(error),
            Self::Unauthorized | Self::NoGrant => (StatusCode::UNAUTHORIZED, "unauthorized", self.to_string().into()),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", self.to_string().into()),
            Self::TooManyRequests { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", self.to_string().into())
            }
            Self::BadRequest(title) => (StatusCode::BAD_REQUEST, "bad_request", title.clone()),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", self.to_string().into()),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", self.to_string().into()),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "request_timeout", self.to_string().into()),
        };
        let is_logged = matches!(&self, Self::Chat(error) if error.is_logged());
        if status.is_server_error() && !is_logged {
            tracing::error!(error = causes(&self), "a request failed");
        }
        let mut answer = answer(status, code, &title);
        if status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert("www-authenticate", http::HeaderValue::from_static("Basic realm=\"parlor\""));
        }
        let seconds = match self {
            Self::TooManyRequests { seconds } => Some(seconds),
            Self::Chat(ChatError::TooMany { wait }) => Some(whole_seconds(wait)),
            _ => None,
        };
        if let Some(seconds) = seconds {
            answer.headers_mut().insert("retry-after", http::HeaderValue::from(seconds));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert("retry-after", http::HeaderValue::from_static("2"));
        }
        answer
    }
}

/// What a refusal says; goes along with the answer, so that the older API can say it in its own shape.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub code: &'static str,
    pub title: String,
}

fn answer(status: StatusCode, code: &'static str, title: &str) -> Response {
    let json = [("content-type", "application/json; charset=utf-8")];
    let body = Errors { errors: vec![ErrorEntry { code, title: title.to_owned() }] };
    (status, json, Extension(Refusal { code, title: title.to_owned() }), Json(body)).into_response()
}

pub async fn no_such_route() -> Response {
    answer(StatusCode::NOT_FOUND, "not_found", "No such route")
}

pub async fn method_not_allowed() -> Response {
    answer(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This route does not answer to this method")
}
