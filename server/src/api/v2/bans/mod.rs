//! Bans, of a user or of a network: an addition to the contract.

mod create;
mod get;
mod lift;
mod list;

use domain::{BanId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use crate::chat::{ChatError, Noun};
use crate::guard::{Ban, Banned};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct BanResponse {
    ban: BanBody,
}

/// Whom the app does not listen to: either a user or a network.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanBody {
    id: BanId,
    /// The user, in all browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    /// Everybody who comes from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.0/24")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When it ends by itself; without, it lasts until it is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Ban> for BanBody {
    fn from(ban: Ban) -> Self {
        let (user_id, prefix) = match ban.banned {
            Banned::User(user) => (Some(user), None),
            Banned::Prefix(prefix) => (None, Some(prefix.to_string())),
        };
        let Ban { id, reason, expires_at, created_at, .. } = ban;
        Self { id, user_id, prefix, reason, expires_at, created_at }
    }
}

impl From<Ban> for BanResponse {
    fn from(ban: Ban) -> Self {
        Self { ban: ban.into() }
    }
}

/// A ban's id in a path. What is no id names no ban.
fn ban_id(text: &str) -> Result<BanId, ApiError> {
    text.parse().map_err(|_| ChatError::NotFound(Noun::Ban).into())
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create::handler, list::handler)).routes(routes!(get::handler, lift::handler))
}
