//! Who calls, and how far that reaches. Every handler says which callers it is for by the method it asks for its scope.

use axum::extract::FromRequestParts;
use domain::{AppId, IntegrationId};
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::error::ApiError;
use crate::auth::credentials::{Credentials, Reach, authenticate};
use crate::chat::{ChatError, Noun, Scope};
use crate::guard::whole_seconds;
use crate::state::AppState;
use crate::web::origin::is_from_foreign_page;

/// A caller whose key or token was checked. Rejects with 401, and with 429 who calls too often.
pub struct Caller {
    credentials: Credentials,
    state: AppState,
}

impl Caller {
    /// The app that the path names, for every caller: account, app and integration.
    /// # Errors
    /// 403 for an app that is not the key's own; 404 for an account key and an app that does not exist.
    pub async fn scope(&self, app: &str) -> Result<Scope, ApiError> {
        let app: Option<AppId> = app.parse().ok();
        let key = &self.credentials.key;
        match (&self.credentials.reach, app) {
            (Reach::Account, Some(app)) if self.state.chat.app_exists(app).await? => Ok(Scope::of_app(app)),
            (Reach::Account, _) => Err(ChatError::NotFound(Noun::App).into()),
            (Reach::App, Some(app)) if key.app == Some(app) => Ok(Scope::of_app(app)),
            (Reach::Integration, Some(app)) if key.app == Some(app) => match key.integration {
                Some(integration) => Ok(Scope::of_integration(app, integration)),
                None => Err(ApiError::Forbidden),
            },
            _ => Err(ApiError::Forbidden),
        }
    }

    /// The app that the path names, for callers who may change the app itself: account and app, no integration.
    /// # Errors
    /// As [`Caller::scope`]; 403 for an integration.
    pub async fn business(&self, app: &str) -> Result<Scope, ApiError> {
        match self.credentials.reach {
            Reach::Account | Reach::App => self.scope(app).await,
            Reach::Integration | Reach::AppUser(_) => Err(ApiError::Forbidden),
        }
    }

    /// The app that the path names, for the account alone.
    /// # Errors
    /// As [`Caller::scope`]; 403 for everybody else.
    pub async fn account_over(&self, app: &str) -> Result<Scope, ApiError> {
        self.account()?;
        self.scope(app).await
    }

    /// # Errors
    /// 403 for everybody but the account.
    pub fn account(&self) -> Result<(), ApiError> {
        if self.credentials.reach == Reach::Account { Ok(()) } else { Err(ApiError::Forbidden) }
    }

    /// The integration that the path names (`me`: the caller's own), for the app and for that integration itself: whose webhooks
    /// are nobody else's business, not even the account's.
    /// # Errors
    /// 403 for other callers; 404 for what is no integration's id.
    pub async fn integration(&self, app: &str, integration: &str) -> Result<(Scope, IntegrationId), ApiError> {
        if !matches!(self.credentials.reach, Reach::App | Reach::Integration) {
            return Err(ApiError::Forbidden);
        }
        let scope = self.scope(app).await?;
        match (scope.integration(), integration.parse().ok()) {
            (Some(own), _) if integration == "me" => Ok((scope, own)),
            (Some(own), Some(named)) if own == named => Ok((scope, own)),
            (Some(_), _) => Err(ApiError::Forbidden),
            (None, Some(named)) => Ok((scope, named)),
            (None, None) => Err(ChatError::NotFound(Noun::Integration).into()),
        }
    }

    /// The app whose own key calls: nobody else speaks for it.
    /// # Errors
    /// 403 for other callers.
    pub fn own_app(&self) -> Result<Scope, ApiError> {
        match (&self.credentials.reach, self.credentials.key.app) {
            (Reach::App, Some(app)) => Ok(Scope::of_app(app)),
            _ => Err(ApiError::Forbidden),
        }
    }

    /// The integration that calls, in its app.
    /// # Errors
    /// 403 for other callers.
    pub fn own_integration(&self) -> Result<(Scope, IntegrationId), ApiError> {
        let key = &self.credentials.key;
        match (&self.credentials.reach, key.app, key.integration) {
            (Reach::Integration, Some(app), Some(own)) => Ok((Scope::of_integration(app, own), own)),
            _ => Err(ApiError::Forbidden),
        }
    }

    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let header = parts.headers.get(AUTHORIZATION).ok_or(ApiError::Unauthorized)?;
        let header = header.to_str().map_err(|_| ApiError::Unauthorized)?;
        if is_by_itself(header) && is_from_foreign_page(&parts.headers) {
            return Err(ApiError::Forbidden);
        }
        let credentials = authenticate(&state.chat, header).await?.ok_or(ApiError::Unauthorized)?;
        // Before anything is asked of the database.
        let counted = state.limits.api.count(&credentials.key.id);
        counted.map_err(|wait| ApiError::TooManyRequests { seconds: whole_seconds(wait) })?;
        Ok(Self { credentials, state: state.clone() })
    }
}

/// Whether a browser sends these credentials by itself once somebody typed them in, whatever page makes the request.
fn is_by_itself(authorization: &str) -> bool {
    authorization.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
}
