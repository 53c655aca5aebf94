use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::LinkBody;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::integrations::integration_id;
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::IntegrationPath;
use crate::state::AppState;

/// A page of short links. `links` are the neighbouring pages, as in every list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinksResponse {
    short_links: Vec<LinkBody>,
    meta: Meta,
    links: Links,
}

/// List links
///
/// Oldest first, with those that have ended.
#[utoipa::path(
    get, path = "/apps/{appId}/integrations/{integrationId}/links", tag = "Links", operation_id = "ListLinks",
    params(IntegrationPath, PageQuery), responses((status = 200, body = LinksResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(IntegrationPath { app_id: app, integration_id: integration }): Path<IntegrationPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<LinksResponse>, ApiError> {
    let scope = caller.business(&app).await?;
    let page = state.chat.links(scope, integration_id(&integration)?, query.page()?).await?;
    let path = format!("/v2/apps/{app}/integrations/{integration}/links");
    let (meta, links) = describe(&page, |link| link.id.to_string(), Walk::Forward, &query, &state.site, &path);
    let short_links = page.items.into_iter().map(|link| LinkBody::new(link, &state.site)).collect();
    Ok(Json(LinksResponse { short_links, meta, links }))
}
