//! Who the visitor is: login and logout.
//!
//! Not compiled for the browser: the page's first script turns a fragment into a form, and "Log out" is one. These are for
//! programs around it, such as the bridge of a script loader.

use leptos::prelude::*;

use super::codec::Json;
use crate::backend::{Credentials, backend};
use crate::start::LoggedIn;
use crate::{AppError, Visitor};

/// Makes the browser that of the user whom `jwt` names. With another `external_id` than the token's it is refused.
#[server(prefix = "/fn", endpoint = "login", input = Json, output = Json)]
pub async fn login(visitor: Visitor, jwt: String, external_id: Option<String>) -> Result<LoggedIn, AppError> {
    backend()?.log_in(visitor, Credentials::Jwt { jwt, external_id }).await
}

/// Makes the browser one more of the user whom the code opens for.
#[server(prefix = "/fn", endpoint = "login_with_code", input = Json, output = Json)]
pub async fn login_with_code(visitor: Visitor, auth_code: String) -> Result<LoggedIn, AppError> {
    backend()?.log_in(visitor, Credentials::AuthCode(auth_code)).await
}

/// Ends the login of this browser. An anonymous visitor stays who they are.
#[server(prefix = "/fn", endpoint = "logout", input = Json, output = Json)]
pub async fn logout(visitor: Visitor) -> Result<(), AppError> {
    backend()?.log_out(visitor).await
}
