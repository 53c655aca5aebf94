//! Login and logout.

use app::backend::Credentials;
use app::{AppError, Visitor};

use super::VisitorBackend;
use crate::auth::{user_jwt, visitor_cookie};
use crate::chat::{Browser, Person, Scope};
use crate::guard::whole_seconds;
use crate::web::{app_error, device_info};

impl VisitorBackend {
    /// Whether the browser keeps the cookies that this page is given.
    pub fn keeps_cookies(&self, visitor: &Visitor) -> bool {
        let Visitor { surface, integration, .. } = visitor;
        visitor_cookie::are_kept(&self.headers, *surface)
            || visitor_cookie::visitor_token(&self.headers, *surface, *integration).is_some()
    }

    /// Makes the browser that of the user whom `credentials` name; gives the token of its session, and the answer the cookie.
    /// # Errors
    /// `LoginRefused` with the reason: the browser goes on as whoever it was.
    pub async fn enter(&self, visitor: &Visitor, credentials: Credentials) -> Result<String, AppError> {
        let integration = self.integration(visitor).await?;
        let (chat, scope) = (&self.state.chat, Scope::of_app(integration.app));
        let (surface, now) = (visitor.surface, chat.clock().now());
        let token = visitor.token.as_deref();
        let before = self.state.tokens.identify(&self.headers, surface, integration.id, token, now);
        let counted = self.state.limits.log_in(self.address, before.map(|before| before.identity.session));
        counted.map_err(|wait| AppError::TooMany(whole_seconds(wait)))?;
        let identity = before.as_ref().map(|before| &before.identity);
        self.require_welcome(&integration, identity).await?;
        let browser = Browser {
            integration: integration.id,
            visitor: before.map(|identified| identified.identity),
            device: device_info(&self.headers),
        };
        let login = match credentials {
            Credentials::Jwt { jwt, external_id } => {
                let claims = user_jwt::verify(chat, integration.app, &jwt, external_id.as_deref(), now).await;
                let claims = claims.map_err(|error| app_error(&error))?;
                let claims = claims.map_err(|why| AppError::LoginRefused(why.to_string()))?;
                let user_jwt::UserClaims { external_id, expires_at, profile } = claims;
                chat.log_in(scope, browser, Person { external_id, profile, expires_at }).await.map(Some)
            }
            // PostgreSQL could not even look for it.
            Credentials::AuthCode(code) if code.contains('\0') => Ok(None),
            Credentials::AuthCode(code) => chat.log_in_with_code(scope, browser, code).await,
        };
        let refused = || AppError::LoginRefused("authCode is unknown, used or too old".to_owned());
        let login = login.map_err(|error| app_error(&error))?.ok_or_else(refused)?;
        Ok(self.keep(surface, &integration, &login.visitor, login.until))
    }

    /// Ends the login of the browser, and has the answer take its cookie. An anonymous visitor stays who they are.
    pub async fn leave(&self, visitor: &Visitor) -> Result<(), AppError> {
        let now = self.state.chat.clock().now();
        let (surface, integration) = (visitor.surface, visitor.integration);
        let token = visitor.token.as_deref();
        let Some(browser) = self.state.tokens.identify(&self.headers, surface, integration, token, now) else {
            return Ok(());
        };
        if self.state.chat.log_out(browser.identity).await.map_err(|error| app_error(&error))? {
            self.set_cookie(self.state.site.cookies.forget(surface, integration));
        }
        Ok(())
    }
}
