use axum::extract::State;
use domain::NewLink;
use http::StatusCode;

use super::LinkResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::path::IntegrationPath;
use crate::state::AppState;

/// Create a link
///
/// A short address of a chat page. What it carries is kept here and not in the address, and it can be revoked.
/// `expiresAt` lies in the future.
#[utoipa::path(
    post, path = "/apps/{appId}/integrations/{integrationId}/links", tag = "Links", operation_id = "CreateLink",
    params(IntegrationPath),
    request_body(
        content = NewLink,
        example = json!({
            "message": "I would like to order",
            "ref": "spring-poster",
            "locale": "de",
            "metadata": { "table": 5 },
            "maxUses": 100,
        }),
    ),
    responses((status = 201, body = LinkResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<IntegrationPath>,
    State(state): State<AppState>,
    Json(body): Json<NewLink>,
) -> Result<(StatusCode, Json<LinkResponse>), ApiError> {
    let scope = caller.business(&path.app_id).await?;
    let link = state.chat.create_link(scope, integration_id(&path.integration_id)?, body).await?;
    Ok((StatusCode::CREATED, Json(LinkResponse::new(link, &state.site))))
}
