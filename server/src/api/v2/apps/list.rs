use axum::extract::State;
use domain::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct AppsResponse {
    apps: Vec<App>,
    meta: Meta,
    links: Links,
}

/// For the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: it has no effect here")]
struct ServiceAccountFilter {
    /// Accepted and passed over: every account key reaches every app.
    #[param(rename = "filter[serviceAccountId]")]
    service_account_id: Option<String>,
}

/// List apps
///
/// Oldest first. For the account alone.
#[utoipa::path(
    get, path = "/apps", tag = "Apps", operation_id = "ListApps",
    params(ServiceAccountFilter, PageQuery), responses((status = 200, body = AppsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<AppsResponse>, ApiError> {
    caller.account()?;
    let page = state.chat.apps(query.page()?).await?;
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, &query, &state.site, "/v2/apps");
    Ok(Json(AppsResponse { apps: page.items, meta, links }))
}
