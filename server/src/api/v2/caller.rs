//! Who calls: an app's key, or the account's.

use axum::extract::FromRequestParts;
use domain::{AppId, KeyScope};
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::error::ApiError;
use crate::auth::api_key::authenticate;
use crate::chat::{ChatError, Noun, Scope};
use crate::state::AppState;

/// A caller whose key was checked. Rejects with 401.
pub struct Caller {
    scope: KeyScope,
    app: Option<AppId>,
    state: AppState,
}

impl Caller {
    /// What this caller may touch of the app that the path names.
    /// # Errors
    /// 403 for an app that is not the key's own; 404 for an account key and an app that does not exist.
    pub async fn scope(&self, app: &str) -> Result<Scope, ApiError> {
        let app: Option<AppId> = app.parse().ok();
        match (self.scope, app) {
            (KeyScope::App, Some(app)) if self.app == Some(app) => Ok(Scope::of_app(app)),
            (KeyScope::App, _) => Err(ApiError::Forbidden),
            (KeyScope::Account, Some(app)) if self.state.chat.app_exists(app).await? => Ok(Scope::of_app(app)),
            (KeyScope::Account, _) => Err(ChatError::NotFound(Noun::App).into()),
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).ok_or(ApiError::Unauthorized)?;
        let header = header.to_str().map_err(|_| ApiError::Unauthorized)?;
        let key = authenticate(&state.chat, header).await?.ok_or(ApiError::Unauthorized)?;
        Ok(Self { scope: key.id.scope(), app: key.app, state: state.clone() })
    }
}
