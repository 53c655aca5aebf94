//! Keys of apps, for the account.

mod create;
mod delete;
mod get;
mod jwt;
mod list;

use axum::Router;
use axum::routing::get as get_route;
use domain::{ApiKey, KeyId};
use serde::Serialize;

use crate::state::AppState;

#[derive(Serialize)]
pub struct KeyResponse {
    key: KeyBody,
}

/// A key with its secret, which is shown whenever the key is.
#[derive(Serialize)]
struct KeyBody {
    #[serde(rename = "_id")]
    id: KeyId,
    name: String,
    secret: String,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        Self { id: key.id, name: key.display_name, secret: key.secret }
    }
}

impl From<ApiKey> for KeyResponse {
    fn from(key: ApiKey) -> Self {
        Self { key: key.into() }
    }
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/keys", get_route(list::handler).post(create::handler))
        .route("/keys/{id}", get_route(get::handler).delete(delete::handler))
        .route("/keys/{id}/jwt", get_route(jwt::handler))
}
