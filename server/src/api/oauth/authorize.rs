use axum::extract::State;
use domain::Invalid;
use http::StatusCode;
use http::header::{CACHE_CONTROL, LOCATION};

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::Query;
use crate::chat::Chat;

/// Who asks to be let in, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: read by hand, so that refusals have the API's shape")]
struct AuthorizeQuery {
    #[param(example = "65f0a1b2c3d4e5f6aabbccdd")]
    client_id: String,
    #[param(pattern = "^code$")]
    response_type: String,
    /// Comes back with the code.
    state: Option<String>,
    /// One of the client's registered addresses, letter by letter; without it, the first.
    redirect_uri: Option<String>,
}

/// Let a program in
///
/// The app's key is the consent. The answer leads to the program's own address, with a code that it can take up once, within ten
/// minutes.
#[utoipa::path(
    get, path = "/authorize", tag = "OAuth", operation_id = "Authorize", params(AuthorizeQuery),
    responses(
        (status = 302, description = "To the program, with `code` and `state`", headers(("location" = String))),
        ApiError,
    ),
)]
pub async fn handler(
    caller: Caller,
    State(chat): State<Chat>,
    query: Query,
) -> Result<(StatusCode, [(http::HeaderName, String); 2]), ApiError> {
    let scope = caller.own_app()?;
    if query.one("response_type") != Some("code") {
        return Err(Invalid::new("response_type", "should be code").into());
    }
    let client = query.one("client_id").ok_or_else(|| Invalid::new("client_id", "is required"))?;
    let address = chat.authorize(scope, client, query.one("redirect_uri"), query.one("state")).await?;
    Ok((StatusCode::FOUND, [(LOCATION, address.into()), (CACHE_CONTROL, "no-store".to_owned())]))
}
