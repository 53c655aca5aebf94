use axum::extract::State;
use domain::{Timestamp, UserId};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::BanResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, NewBan};

/// Either `userId` or `prefix`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostBan {
    user_id: Option<UserId>,
    /// An address, or a network such as `203.0.113.0/24` or `2001:db8::/32`; bits beyond the prefix are dropped.
    #[schema(example = "203.0.113.0/24")]
    prefix: Option<String>,
    /// For those who look at the list; visitors are not told.
    #[schema(min_length = 1, max_length = 1024)]
    reason: Option<String>,
    /// Lies in the future.
    expires_at: Option<Timestamp>,
}

/// Ban a user or a network
///
/// Nothing is taken any more from whom it names: no messages, files, forms, logins and listeners. They still read what was said.
/// What the business says in their name over the API is not touched. A ban takes the place of an earlier one of the same user or
/// network.
#[utoipa::path(
    post, path = "/apps/{appId}/bans", tag = "Bans", operation_id = "CreateBan", params(AppPath),
    request_body(
        content = PostBan,
        example = json!({ "prefix": "203.0.113.0/24", "reason": "advertising", "expiresAt": "2096-01-01T00:00:00.000Z" }),
    ),
    responses((status = 201, body = BanResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
    Json(body): Json<PostBan>,
) -> Result<(StatusCode, Json<BanResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let PostBan { user_id, prefix, reason, expires_at } = body;
    let ban = chat.ban(scope, NewBan { user: user_id, prefix, reason, expires_at }).await?;
    Ok((StatusCode::CREATED, Json(ban.into())))
}
