use axum::extract::State;
use domain::{Conversation, Invalid, User, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path, Query};
use crate::api::v2::page::{Links, Meta, PageQuery, Walk, describe};
use crate::api::v2::path::AppPath;
use crate::chat::{Chat, ChatError, Noun, Scope};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
pub struct ConversationsResponse {
    conversations: Vec<Conversation>,
    meta: Meta,
    links: Links,
}

/// Whose conversations, for the API's description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: the client's encodings are read by hand")]
struct UserFilter {
    /// The user's id.
    #[param(rename = "filter[userId]")]
    user_id: Option<String>,
    /// The business's own id for the user.
    #[param(rename = "filter[userExternalId]")]
    user_external_id: Option<String>,
}

/// List a user's conversations
///
/// Newest first. Exactly one of the two filters says whose.
#[utoipa::path(
    get, path = "/apps/{appId}/conversations", tag = "Conversations", operation_id = "ListConversations",
    params(AppPath, UserFilter, PageQuery), responses((status = 200, body = ConversationsResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(AppPath { app_id: app }): Path<AppPath>,
    State(state): State<AppState>,
    query: Query,
) -> Result<Json<ConversationsResponse>, ApiError> {
    let scope = caller.scope(&app).await?;
    let page = query.page()?;
    let user = filtered_user(&state.chat, scope, &query).await?;
    let page = state.chat.conversations_of(scope, user.id, page).await?;
    let path = format!("/v2/apps/{app}/conversations");
    let (meta, links) = describe(&page, |it| it.id.to_string(), Walk::Forward, &query, &state.site, &path);
    Ok(Json(ConversationsResponse { conversations: page.items, meta, links }))
}

async fn filtered_user(chat: &Chat, scope: Scope, query: &Query) -> Result<User, ApiError> {
    match (query.one("filter[userId]"), query.one("filter[userExternalId]")) {
        (Some(id), None) => {
            let id: UserId = id.parse().map_err(|_| ChatError::NotFound(Noun::User))?;
            Ok(chat.require_user(scope, &id.to_string()).await?)
        }
        (None, Some(external_id)) => Ok(chat.require_user_by_external_id(scope, external_id).await?),
        _ => Err(Invalid::new("filter", "should have either userId or userExternalId").into()),
    }
}
