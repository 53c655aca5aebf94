use axum::extract::State;
use domain::Invalid;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, JsonOrForm};
use crate::auth::credentials::token_of;
use crate::chat::{Chat, Grant};

#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    /// From the query that the browser came back with.
    code: String,
    #[schema(pattern = "^authorization_code$")]
    grant_type: String,
    client_id: String,
    client_secret: String,
}

#[derive(Serialize, ToSchema)]
pub struct TokenResponse {
    /// A token of the integration scope, good until it is revoked or the program is let in again.
    access_token: String,
    #[schema(pattern = "^Bearer$")]
    token_type: &'static str,
}

/// Get a token
///
/// Takes up a code. The program is an integration of the app from then on, whose type is the program's name.
#[utoipa::path(
    post, path = "/token", tag = "OAuth", operation_id = "GetToken", security(()),
    request_body(content(
        (TokenRequest = "application/json", example = json!({
            "code": "kq3…", "grant_type": "authorization_code", "client_id": "65f0a1b2c3d4e5f6aabbccdd", "client_secret": "Xw1…",
        })),
        (TokenRequest = "application/x-www-form-urlencoded"),
    )),
    responses((status = 200, body = TokenResponse), ApiError),
)]
pub async fn handler(
    State(chat): State<Chat>,
    JsonOrForm(body): JsonOrForm<TokenRequest>,
) -> Result<([(http::HeaderName, &'static str); 1], Json<TokenResponse>), ApiError> {
    let TokenRequest { code, grant_type, client_id, client_secret } = body;
    if grant_type != "authorization_code" {
        return Err(Invalid::new("grant_type", "should be authorization_code").into());
    }
    let key = chat.redeem_oauth_code(Grant { client_id, client_secret, code }).await?.ok_or(ApiError::NoGrant)?;
    let access_token = token_of(&key, chat.clock().now());
    Ok(([(CACHE_CONTROL, "no-store")], Json(TokenResponse { access_token, token_type: "Bearer" })))
}
