use axum::extract::State;
use domain::LinkPatch;

use super::{LinkResponse, link_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::path::LinkPath;
use crate::state::AppState;

/// Update a link
///
/// Changes the keys that are there; `null` unsets. The address stays, so that what is printed stays good.
#[utoipa::path(
    patch, path = "/apps/{appId}/integrations/{integrationId}/links/{linkId}", tag = "Links", operation_id = "UpdateLink",
    params(LinkPath),
    request_body(content = LinkPatch, example = json!({ "message": "What is on today?", "maxUses": null })),
    responses((status = 200, body = LinkResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<LinkPath>,
    State(state): State<AppState>,
    Json(body): Json<LinkPatch>,
) -> Result<Json<LinkResponse>, ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let (integration, id) = (integration_id(&path.integration_id)?, link_id(&path.link_id)?);
    let link = state.chat.update_link(scope, integration, id, body).await?;
    Ok(Json(LinkResponse::new(link, &state.site)))
}
