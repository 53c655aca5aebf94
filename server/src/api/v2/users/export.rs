use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Path, Query};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;
use crate::export::{Form, UserExport, written};

/// Nothing from anywhere, and no script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox allow-popups";

/// The query, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: the client's encodings are read by hand")]
struct ExportQuery {
    /// The form of the answer. Without, the `accept` header says: HTML where it names `text/html`, else JSON.
    #[param(pattern = "^(json|html)$")]
    format: Option<String>,
}

/// Export a user
///
/// All that is kept of the user: profile, clients, sessions, files by their address, and every conversation with its participants
/// and messages, those of others too. As JSON, or as one page to read that needs nothing else. Written as it is read: where
/// something fails half-way, the answer breaks off.
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}/export", tag = "Users", operation_id = "ExportUser",
    params(UserPath, ExportQuery),
    responses(
        (status = 200, content((UserExport = "application/json"), (String = "text/html"))),
        ApiError,
    ),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let form = form(&query, &headers)?;
    let pieces = chat.export_user(scope, &path.user_id_or_external_id).await?;
    let kind = match form {
        Form::Json => "application/json; charset=utf-8",
        Form::Html => "text/html; charset=utf-8",
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    Ok((headers, Body::from_stream(written(pieces, form))).into_response())
}

fn form(query: &Query, headers: &HeaderMap) -> Result<Form, ApiError> {
    match query.one("format") {
        Some("json") => Ok(Form::Json),
        Some("html") => Ok(Form::Html),
        Some(_) => Err(Invalid::new("format", "should be equal to one of the allowed values: json, html").into()),
        None => {
            let accept = headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
            Ok(if accept.contains("text/html") { Form::Html } else { Form::Json })
        }
    }
}
