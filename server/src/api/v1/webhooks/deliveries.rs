use axum::extract::State;

use super::webhook_id;
use crate::api::v1::caller::Caller;
use crate::api::v1::path::IdPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::webhooks::{DeliveriesResponse, state_of};
use crate::chat::WebhookOwner;
use crate::state::AppState;

/// `GET /v1.1/webhooks/{id}/deliveries`
pub async fn handler(
    caller: Caller,
    Path(path): Path<IdPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<DeliveriesResponse>, ApiError> {
    let scope = caller.scope(path.app.as_deref()).await?;
    let id = webhook_id(&path.id)?;
    let page = state.chat.deliveries(scope, WebhookOwner::App, id, state_of(&query)?, query.page()?).await?;
    let path = format!("/v1.1/apps/{}/webhooks/{id}/deliveries", scope.app());
    Ok(Json(DeliveriesResponse::of(page, &query, &state.site, &path)))
}
