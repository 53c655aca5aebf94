//! The API's page for people: Swagger UI from this binary, over `/openapi.json`.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use utoipa_swagger_ui::Config;

/// Nothing from anywhere else. Swagger UI writes style attributes, and has its pictures in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Relative, so that a path prefix does not matter. Tried-out calls show their time; credentials are kept nowhere.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("../../openapi.json").doc_expansion("list").display_request_duration(true).filter(true);
    Arc::new(config.default_models_expand_depth(0).try_it_out_enabled(true).use_base_layout())
});

/// `GET /docs/api`
pub async fn index() -> Redirect {
    // The page names its files relative to the folder.
    Redirect::permanent("api/")
}

/// `GET /docs/api/`
pub async fn page() -> Response {
    file("index.html")
}

/// `GET /docs/api/{file}`
pub async fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    match utoipa_swagger_ui::serve(name, CONFIG.clone()) {
        Ok(Some(file)) => {
            let headers = [
                (CONTENT_TYPE, file.content_type.as_str()),
                (CONTENT_SECURITY_POLICY, POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CACHE_CONTROL, "public, max-age=3600"),
            ];
            (headers, file.bytes.into_owned()).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the API's page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
