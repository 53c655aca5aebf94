use axum::extract::State;
use domain::Client;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::UserPath;
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct ClientsResponse {
    clients: Vec<Client>,
    meta: Meta,
    links: Links,
}

/// List a user's clients
///
/// Oldest first.
#[utoipa::path(
    get, path = "/apps/{appId}/users/{userIdOrExternalId}/clients", tag = "Clients", operation_id = "ListClients",
    params(UserPath, PageQuery), responses((status = 200, body = ClientsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(UserPath { app_id: app, user_id_or_external_id: user }): Path<UserPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<ClientsResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let page = state.chat.clients(scope, &user, query.page()?).await?;
    // An external id may hold anything: in a path a plus is a plus, so a space must not become one.
    let user: String = form_urlencoded::byte_serialize(user.as_bytes()).collect();
    let path = format!("/v2/apps/{app}/users/{}/clients", user.replace('+', "%20"));
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, &query, &state.site, &path);
    Ok(Json(ClientsResponse { clients: page.items, meta, links }))
}
