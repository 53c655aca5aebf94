//! Keys of apps. Those of integrations look the same.

mod create;
mod delete;
mod get;
mod list;

use domain::{ApiKey, KeyId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// A key with its secret, which is shown whenever the key is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyBody {
    id: KeyId,
    display_name: String,
    secret: String,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        Self { id: key.id, display_name: key.display_name, secret: key.secret }
    }
}

#[derive(Serialize, ToSchema)]
pub struct KeyResponse {
    key: KeyBody,
}

impl From<ApiKey> for KeyResponse {
    fn from(key: ApiKey) -> Self {
        Self { key: key.into() }
    }
}

#[derive(Serialize, ToSchema)]
pub struct KeysResponse {
    keys: Vec<KeyBody>,
}

impl From<Vec<ApiKey>> for KeysResponse {
    fn from(keys: Vec<ApiKey>) -> Self {
        Self { keys: keys.into_iter().map(KeyBody::from).collect() }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewKey {
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: String,
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::handler, list::handler)).routes(routes!(get::handler, delete::handler))
}
