use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::BanBody;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::AppPath;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct BansResponse {
    bans: Vec<BanBody>,
    meta: Meta,
    links: Links,
}

/// List bans
///
/// Oldest first, without those that have expired.
#[utoipa::path(
    get, path = "/apps/{appId}/bans", tag = "Bans", operation_id = "ListBans",
    params(AppPath, PageQuery), responses((status = 200, body = BansResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(AppPath { app_id: app }): Path<AppPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<BansResponse>, ApiError> {
    let scope = caller.business(&app).await?;
    let page = state.chat.bans(scope, query.page()?).await?;
    let path = format!("/v2/apps/{app}/bans");
    let (meta, links) = describe(&page, |ban| ban.id.to_string(), Walk::Forward, &query, &state.site, &path);
    Ok(Json(BansResponse { bans: page.items.into_iter().map(BanBody::from).collect(), meta, links }))
}
