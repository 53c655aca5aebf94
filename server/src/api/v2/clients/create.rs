use axum::extract::State;
use domain::{Client, NewClient};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::api::v2::path::UserPath;
use crate::chat::Chat;

#[derive(Serialize, ToSchema)]
pub struct ClientResponse {
    client: Client,
}

/// Create a client
///
/// Links a user to a channel by what the business knows. The client is pending until the user confirms it.
#[utoipa::path(
    post, path = "/apps/{appId}/users/{userIdOrExternalId}/clients", tag = "Clients", operation_id = "CreateClient",
    params(UserPath), request_body = NewClient, responses((status = 201, body = ClientResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    Path(path): Path<UserPath>,
    State(chat): State<Chat>,
    Json(body): Json<NewClient>,
) -> Result<(StatusCode, Json<ClientResponse>), ApiError> {
    let scope = caller.scope(&path.app_id).await?;
    let client = chat.create_client(scope, path.user_id_or_external_id, body).await?;
    Ok((StatusCode::CREATED, Json(ClientResponse { client })))
}
