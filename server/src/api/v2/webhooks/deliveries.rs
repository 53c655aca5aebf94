use axum::extract::State;
use domain::webhook::{Delivery, DeliveryState};
use domain::{Invalid, Page};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DeliveryBody, webhook_id};
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::WebhookPath;
use crate::chat::WebhookOwner;
use crate::state::AppState;
use crate::web::Site;

#[derive(Serialize, ToSchema)]
pub struct DeliveriesResponse {
    deliveries: Vec<DeliveryBody>,
    meta: Meta,
    links: Links,
}

impl DeliveriesResponse {
    /// `page` of what `query` asks for at `path`.
    pub fn of(page: Page<Delivery>, query: &Query, site: &Site, path: &str) -> Self {
        let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, query, site, path);
        Self { deliveries: page.items.into_iter().map(DeliveryBody::from).collect(), meta, links }
    }
}

/// The state that `query` asks for.
pub fn state_of(query: &Query) -> Result<Option<DeliveryState>, Invalid> {
    query.one("filter[state]").map(str::parse).transpose()
}

/// Which deliveries, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: the client's encodings are read by hand")]
struct StateFilter {
    /// Only deliveries in this state.
    #[param(rename = "filter[state]")]
    state: Option<DeliveryState>,
}

/// List deliveries
///
/// What was sent to a webhook, or is to be; newest first. Finished ones are kept for a week, unless the operator says otherwise.
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}/deliveries", tag = "Webhooks",
    operation_id = "ListWebhookDeliveries", params(WebhookPath, StateFilter, PageQuery),
    responses((status = 200, body = DeliveriesResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<WebhookPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<DeliveriesResponse>, ApiError> {
    let (scope, integration) = caller.integration(&path.app_id, &path.integration_id).await?;
    let id = webhook_id(&path.webhook_id)?;
    let owner = WebhookOwner::Integration(integration);
    let page = state.chat.deliveries(scope, owner, id, state_of(&query)?, query.page()?).await?;
    let path = format!("/v2/apps/{}/integrations/{integration}/webhooks/{id}/deliveries", scope.app());
    Ok(Json(DeliveriesResponse::of(page, &query, &state.site, &path)))
}
