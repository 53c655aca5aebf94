use axum::extract::State;
use domain::Invalid;
use serde::Serialize;

use crate::api::v1::caller::{Caller, Reached};
use crate::api::v1::path::UserPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::chat::{Chat, ChatError, Noun};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRequestsResponse {
    /// None: a chat page links whoever opens it, and nothing else can be linked by a code.
    link_requests: [(); 0],
}

/// `GET /v1.1/appusers/{user}/linkrequest?integrationIds=a,b`
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    query: Query,
) -> Result<Json<LinkRequestsResponse>, ApiError> {
    let Reached { scope, .. } = caller.user_or_self(path.app.as_deref(), &path.user).await?;
    let ids = query.one("integrationIds").ok_or_else(|| Invalid::new("integrationIds", "is required"))?;
    for id in ids.split(',') {
        let id = id.trim().parse().map_err(|_| ChatError::NotFound(Noun::Integration))?;
        chat.require_integration(scope, id).await?;
    }
    Ok(Json(LinkRequestsResponse { link_requests: [] }))
}
