//! What a page posts, read in the size and at the pace of its kind.

use std::time::Duration;

use app::AppError;
use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use super::errors::{app_error, status};
use super::form::PostedForm;
use crate::chat::ChatError;
use crate::files::{Form, Source};
use crate::state::AppState;

/// A message of 4096 characters in a form is far below it.
const FORM_BYTES: usize = 100 * 1024;
/// How long such a form may take.
const FORM_PATIENCE: Duration = Duration::from_secs(30);
/// The part with images …
pub const IMAGE: &str = "image";
/// … and all that may hold files.
const FILES: &[&str] = &[IMAGE, "file"];

/// A form that was read.
pub struct Posted {
    pub form: PostedForm,
    /// Those that were chosen.
    pub files: Vec<Source>,
}

/// Why it can't be acted upon, with what is to stand on the page again.
pub struct Unread {
    pub status: StatusCode,
    pub problem: AppError,
    pub token: Option<String>,
    pub draft: String,
}

impl Unread {
    fn new(status: StatusCode, problem: &str) -> Self {
        Self::of(status, AppError::Invalid(problem.to_owned()))
    }

    fn of(status: StatusCode, problem: AppError) -> Self {
        Self { status, problem, token: None, draft: String::new() }
    }
}

impl Posted {
    /// Reads the body of a request with these headers: a plain form, or one with files.
    pub async fn read(state: &AppState, headers: &HeaderMap, body: Body) -> Result<Self, Unread> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = content_type.trim_start().to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            return Self::with_files(state, content_type, body).await;
        }
        if !kind.starts_with("application/x-www-form-urlencoded") {
            let wanted = "content-type should be application/x-www-form-urlencoded or multipart/form-data";
            return Err(Unread::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, wanted));
        }
        let read = tokio::time::timeout(FORM_PATIENCE, axum::body::to_bytes(body, FORM_BYTES)).await;
        let read = read.map_err(|_| Unread::of(StatusCode::REQUEST_TIMEOUT, AppError::Unavailable))?;
        let body = read.map_err(|_| Unread::of(StatusCode::PAYLOAD_TOO_LARGE, AppError::TooLong))?;
        let form = PostedForm::parse(&body);
        let form = form.map_err(|error| Unread::new(StatusCode::BAD_REQUEST, &error.to_string()))?;
        Ok(Self { form, files: Vec::new() })
    }

    async fn with_files(state: &AppState, content_type: &str, body: Body) -> Result<Self, Unread> {
        let mut form = Form::default();
        let files = state.chat.files();
        let received = files.receive_into(&mut form, FILES, content_type, body.into_data_stream()).await;
        let Form { files, fields } = form;
        if let Err(error) = received {
            let problem = app_error(&ChatError::from(error));
            let value = |name| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
            let draft = value("text").unwrap_or_default().replace("\r\n", "\n");
            return Err(Unread { status: status(&problem), problem, token: value("visitor"), draft });
        }
        let form = PostedForm::of(fields);
        let form = form.map_err(|error| Unread::new(StatusCode::BAD_REQUEST, &error.to_string()))?;
        Ok(Self { form, files: files.into_iter().filter(|file| !file.is_absent()).collect() })
    }
}
