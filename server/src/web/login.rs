//! `POST /chat/{integrationId}/login` and `…/logout`, the same under `/embed`: who the visitor is, by a plain form or by JSON.
//!
//! A form may come from a page of the business itself, if its origin is in the integration's `originWhitelist`; browsers send
//! no cookie of ours along from there, so that what was said anonymously before does not come along either. Everybody else's
//! pages are turned away, and only pages of ours can log out.

use app::backend::Credentials;
use app::start::Surface;
use app::{AppError, Visitor};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use domain::WebIntegration;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::form_urlencoded;

use super::client::Client;
use super::errors::{say_when, status};
use super::pages::{Ask, PageId, Say, set_cookie};
use super::{headers, origin};
use crate::backend::VisitorBackend;
use crate::state::AppState;

/// What a login says, in a form or as JSON.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Login {
    jwt: Option<String>,
    external_id: Option<String>,
    auth_code: Option<String>,
    /// The token of a browser that keeps no cookies.
    visitor: Option<String>,
}

/// The answer to a login by JSON.
#[derive(Serialize)]
struct Answer {
    ok: bool,
    /// The token of the new session, for a browser that keeps no cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Login,
    Logout,
}

pub async fn post_chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Bytes) -> Response {
    answer(Ask::new(state, Surface::Chat, client, query), id, &body, Deed::Login).await
}

pub async fn post_embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Bytes) -> Response {
    answer(Ask::new(state, Surface::Embed, client, query), id, &body, Deed::Login).await
}

pub async fn leave_chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Bytes) -> Response {
    answer(Ask::new(state, Surface::Chat, client, query), id, &body, Deed::Logout).await
}

pub async fn leave_embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client, body: Bytes) -> Response {
    answer(Ask::new(state, Surface::Embed, client, query), id, &body, Deed::Logout).await
}

/// Whoever opens the address of a form is at the page itself.
pub async fn to_chat(state: State<AppState>, id: PageId, query: RawQuery, client: Client) -> Response {
    to_page(Ask::new(state, Surface::Chat, client, query), id).await
}

pub async fn to_embed(state: State<AppState>, id: PageId, query: RawQuery, client: Client) -> Response {
    to_page(Ask::new(state, Surface::Embed, client, query), id).await
}

async fn to_page(ask: Ask, id: PageId) -> Response {
    match ask.integration(id).await {
        Ok(integration) => ask.see_other(&integration),
        Err(answer) => answer,
    }
}

async fn answer(ask: Ask, id: PageId, body: &[u8], deed: Deed) -> Response {
    let integration = match ask.integration(id).await {
        Ok(integration) => integration,
        Err(answer) => return answer,
    };
    let kind = ask.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.trim_start().to_ascii_lowercase().starts_with("application/json");
    let whitelist = integration.web.origin_whitelist.as_deref().filter(|_| deed == Deed::Login);
    if !origin::may_log_in(&ask.headers, &ask.state.site, whitelist) {
        return refuse(&ask, &integration, is_json, AppError::Foreign, StatusCode::FORBIDDEN, None).await;
    }
    let login = match read(body, is_json) {
        Ok(login) => login,
        Err(problem) => return refuse(&ask, &integration, is_json, problem, StatusCode::BAD_REQUEST, None).await,
    };
    let token = login.visitor.clone().filter(|token| !token.is_empty());
    let (integration_id, surface) = (integration.id, ask.surface);
    let visitor =
        Visitor { integration: integration_id, surface, token, conversation: None, fresh: None, query: String::new() };
    let backend = VisitorBackend::new(ask.state.clone(), ask.headers.clone(), ask.address);
    let done = match deed {
        Deed::Login => match login.credentials() {
            Some(credentials) => backend.enter(&visitor, credentials).await.map(Some),
            None => Err(AppError::LoginRefused("jwt is missing, and authCode too".to_owned())),
        },
        Deed::Logout => backend.leave(&visitor).await.map(|()| None),
    };
    let token = match done {
        Ok(token) => token,
        Err(problem) => {
            let status = status(&problem);
            return refuse(&ask, &integration, is_json, problem, status, visitor.token).await;
        }
    };
    // A page of the business sends no cookies of ours along, which says nothing about whether they are kept.
    let keeps_cookies =
        backend.keeps_cookies(&visitor) || (ask.surface == Surface::Chat && origin::is_from_foreign_page(&ask.headers));
    let mut answer = if is_json {
        let visitor = token.filter(|_| !keeps_cookies);
        (headers::no_store(), Json(Answer { ok: true, visitor })).into_response()
    } else if keeps_cookies {
        ask.see_other(&integration)
    } else {
        // Without cookies a redirect would lose who this is: the page itself carries it on.
        ask.messenger(&integration, Say { token, ..Say::default() }, StatusCode::OK).await
    };
    if let Some(cookie) = backend.take_cookie() {
        set_cookie(&mut answer, &cookie);
    }
    answer
}

impl Login {
    fn credentials(self) -> Option<Credentials> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        match given(self.jwt) {
            Some(jwt) => Some(Credentials::Jwt { jwt, external_id: given(self.external_id) }),
            None => given(self.auth_code).map(Credentials::AuthCode),
        }
    }
}

fn read(body: &[u8], is_json: bool) -> Result<Login, AppError> {
    if is_json {
        return serde_json::from_slice(body).map_err(|error| AppError::Invalid(error.to_string()));
    }
    let mut login = Login::default();
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "jwt" => login.jwt = Some(value.into_owned()),
            "externalId" => login.external_id = Some(value.into_owned()),
            "authCode" => login.auth_code = Some(value.into_owned()),
            "visitor" => login.visitor = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok(login)
}

/// Says what was wrong: as JSON in the API's shape, else on the page, which goes on as whoever it was.
async fn refuse(
    ask: &Ask,
    integration: &WebIntegration,
    is_json: bool,
    problem: AppError,
    status: StatusCode,
    token: Option<String>,
) -> Response {
    if !is_json {
        let say = Say { problem: Some(problem.clone()), token, ..Say::default() };
        let mut answer = ask.messenger(integration, say, status).await;
        say_when(&problem, &mut answer);
        return answer;
    }
    let code = match status {
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::SERVICE_UNAVAILABLE => "service_unavailable",
        _ => "bad_request",
    };
    let body = json!({ "errors": [{ "code": code, "title": problem.to_string() }] });
    let mut answer = (status, headers::no_store(), Json(body)).into_response();
    say_when(&problem, &mut answer);
    answer
}
