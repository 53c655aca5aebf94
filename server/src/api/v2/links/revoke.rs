use axum::extract::State;

use super::{LinkResponse, link_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::path::LinkPath;
use crate::state::AppState;

/// Revoke a link
///
/// For good, and at once. It stays in the list, and whoever opens it is told so.
#[utoipa::path(
    delete, path = "/apps/{appId}/integrations/{integrationId}/links/{linkId}", tag = "Links", operation_id = "RevokeLink",
    params(LinkPath), responses((status = 200, body = LinkResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<LinkPath>,
    State(state): State<AppState>,
) -> Result<Json<LinkResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let link = state.chat.revoke_link(scope, integration_id(&path.integration_id)?, link_id(&path.link_id)?).await?;
    Ok(Json(LinkResponse::new(link, &state.site)))
}
