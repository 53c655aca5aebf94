//! The public API, as a program outside calls it.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(10);
/// Stands in no file of ours.
const BOUNDARY: &str = "parlor-demo-3f9c1d7ab2e64508";

pub struct Api {
    http: Client,
    /// `http://127.0.0.1:3000/v2/apps/APP`.
    base: String,
    key: (String, String),
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("{path} can't be called")]
    Failed { path: String, source: reqwest::Error },
    #[error("{path} is answered with {status}: {body}")]
    Refused { path: String, status: u16, body: String },
    #[error("the answer to {path} has no {field}")]
    Incomplete { path: String, field: &'static str },
}

impl CallError {
    /// Whether the same call may do better later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Failed { .. } => true,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
            Self::Incomplete { .. } => false,
        }
    }
}

impl Api {
    /// Of the server at `root`, for `app`.
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(root: &str, app: &str, key: (String, String)) -> Result<Self, reqwest::Error> {
        let http = Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { http, base: format!("{root}/v2/apps/{app}"), key })
    }

    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn get(&self, path: &str) -> Result<Value, CallError> {
        self.answer(path, self.request(Method::GET, path)).await
    }

    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, CallError> {
        self.answer(path, json(self.request(Method::POST, path), body)).await
    }

    /// The same, which may be said twice and is done once.
    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn post_once(&self, path: &str, idempotency_key: &str, body: &Value) -> Result<Value, CallError> {
        let request = self.request(Method::POST, path).header("idempotency-key", idempotency_key);
        self.answer(path, json(request, body)).await
    }

    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value, CallError> {
        self.answer(path, json(self.request(Method::PATCH, path), body)).await
    }

    /// Uploads a file; gives where it is read.
    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Result<String, CallError> {
        let path = "/attachments?access=public&for=message";
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"source\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        let request = self.request(Method::POST, path);
        let request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}")).body(body);
        let answer = self.answer(path, request).await?;
        text(&answer, path, "/attachment/mediaUrl")
    }

    /// Whether a file is served at `url`.
    pub async fn is_served(&self, url: &str) -> bool {
        self.http.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (id, secret) = &self.key;
        self.http.request(method, format!("{}{path}", self.base)).basic_auth(id, Some(secret))
    }

    async fn answer(&self, path: &str, request: RequestBuilder) -> Result<Value, CallError> {
        let failed = |source| CallError::Failed { path: path.to_owned(), source };
        let answer = request.send().await.map_err(failed)?;
        let (status, body) = (answer.status(), answer.text().await.map_err(failed)?);
        if status.is_success() {
            Ok(serde_json::from_str(&body).unwrap_or_default())
        } else {
            Err(CallError::Refused { path: path.to_owned(), status: status.as_u16(), body })
        }
    }
}

/// The text at `field` (a JSON pointer) of the answer to `path`.
/// # Errors
/// `Incomplete` where there is none.
pub fn text(answer: &Value, path: &str, field: &'static str) -> Result<String, CallError> {
    let found = answer.pointer(field).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| CallError::Incomplete { path: path.to_owned(), field })
}

fn json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body.to_string())
}
