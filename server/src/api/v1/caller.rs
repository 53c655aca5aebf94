//! Who calls, and how far that reaches. Keys of an integration did not exist yet, so they open nothing here.

use axum::extract::FromRequestParts;
use domain::User;
use http::request::Parts;

use crate::api::v2;
use crate::api::v2::error::ApiError;
use crate::auth::credentials::Reach;
use crate::chat::{Chat, Scope};
use crate::state::AppState;

/// A caller whose key or token was checked. Rejects with 401.
pub struct Caller {
    caller: v2::caller::Caller,
    chat: Chat,
}

/// A user, reached by the business or by that very user.
pub struct Reached {
    pub scope: Scope,
    pub user: User,
    /// Whether the caller is the user: who may not speak for the business.
    pub is_self: bool,
}

impl Caller {
    /// The app that the path names, else the key's own, for the business.
    /// # Errors
    /// 403 for a foreign app, for a user, and for an account key without an app in the path; 404 for an app that does not exist.
    pub async fn scope(&self, app: Option<&str>) -> Result<Scope, ApiError> {
        match (app, self.caller.credentials().key.app) {
            (Some(app), _) => self.caller.business(app).await,
            (None, Some(own)) => self.caller.business(&own.to_string()).await,
            (None, None) => Err(ApiError::Forbidden),
        }
    }

    /// # Errors
    /// 403 for everybody but the account.
    pub fn account(&self) -> Result<(), ApiError> {
        self.caller.account()
    }

    /// The app that the path names, for the account alone.
    /// # Errors
    /// As [`Caller::scope`]; 403 for everybody else.
    pub async fn account_over(&self, app: Option<&str>) -> Result<Scope, ApiError> {
        self.caller.account_over(app.ok_or(ApiError::Forbidden)?).await
    }

    /// The user `user`, for the business.
    /// # Errors
    /// As [`Caller::scope`]; 404 for a user that does not exist.
    pub async fn user(&self, app: Option<&str>, user: &str) -> Result<(Scope, User), ApiError> {
        let scope = self.scope(app).await?;
        Ok((scope, self.chat.require_user(scope, user).await?))
    }

    /// The user `user`, for the business and for that user.
    /// # Errors
    /// As [`Caller::user`]; 403 for another user.
    pub async fn user_or_self(&self, app: Option<&str>, user: &str) -> Result<Reached, ApiError> {
        let credentials = self.caller.credentials();
        let Reach::AppUser(own) = &credentials.reach else {
            let (scope, user) = self.user(app, user).await?;
            return Ok(Reached { scope, user, is_self: false });
        };
        let key_app = credentials.key.app.ok_or(ApiError::Forbidden)?;
        if app.is_some_and(|app| app != key_app.to_string()) {
            return Err(ApiError::Forbidden);
        }
        let scope = Scope::of_app(key_app);
        let own = self.chat.require_user(scope, own).await?;
        let names_self = user == own.id.to_string() || own.external_id.as_deref() == Some(user);
        if names_self { Ok(Reached { scope, user: own, is_self: true }) } else { Err(ApiError::Forbidden) }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = v2::caller::Caller::from_request_parts(parts, state).await?;
        Ok(Self { caller, chat: state.chat.clone() })
    }
}
