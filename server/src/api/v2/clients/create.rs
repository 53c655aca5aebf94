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
/// `matchCriteria` has `address` and `subject` for mailgun, `phoneNumber` for the others.
#[utoipa::path(
    post, path = "/apps/{appId}/users/{userIdOrExternalId}/clients", tag = "Clients", operation_id = "CreateClient",
    params(UserPath),
    request_body(
        content = NewClient,
        example = json!({
            "matchCriteria": { "type": "twilio", "integrationId": "65f0a1b2c3d4e5f6aabbccdd", "phoneNumber": "+15145550100" },
            "confirmation": {
                "type": "prompt",
                "message": {
                    "author": { "type": "business" },
                    "content": { "type": "text", "text": "May we write to you here?" },
                },
            },
            "target": { "conversationId": "65f0a1b2c3d4e5f6aabbccdd" },
        }),
    ),
    responses((status = 201, body = ClientResponse), ApiError),
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
