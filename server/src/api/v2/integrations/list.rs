use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::IntegrationBody;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::AppPath;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct IntegrationsResponse {
    integrations: Vec<IntegrationBody>,
    meta: Meta,
    links: Links,
}

/// Which integrations, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: the client's encodings are read by hand")]
struct TypesFilter {
    /// Types, comma-separated.
    #[param(rename = "filter[types]", example = "web,custom")]
    types: Option<String>,
}

/// List integrations
///
/// Oldest first.
#[utoipa::path(
    get, path = "/apps/{appId}/integrations", tag = "Integrations", operation_id = "ListIntegrations",
    params(AppPath, TypesFilter, PageQuery), responses((status = 200, body = IntegrationsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(AppPath { app_id: app }): Path<AppPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<IntegrationsResponse>, ApiError> {
    let scope = caller.business(&app).await?;
    let page = query.page()?;
    let types: Option<Vec<&str>> =
        query.one("filter[types]").map(|types| types.split(',').map(str::trim).filter(|it| !it.is_empty()).collect());
    let types = types.as_deref().filter(|types| !types.is_empty());
    let page = state.chat.integrations(scope, types, page).await?;
    let path = format!("/v2/apps/{app}/integrations");
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, &query, &state.site, &path);
    let integrations = page.items.into_iter().map(IntegrationBody::from).collect();
    Ok(Json(IntegrationsResponse { integrations, meta, links }))
}
