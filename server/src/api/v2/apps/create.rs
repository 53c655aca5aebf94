use axum::extract::State;
use domain::NewApp;
use http::StatusCode;

use super::AppResponse;
use crate::api::v2::caller::Caller;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::Json;
use crate::chat::Chat;

/// Create an app
///
/// For the account alone.
#[utoipa::path(
    post, path = "/apps", tag = "Apps", operation_id = "CreateApp",
    request_body(
        content = NewApp,
        example = json!({
            "displayName": "Tea & Co",
            "settings": { "maskCreditCardNumbers": true },
            "metadata": { "region": "eu" },
        }),
    ),
    responses((status = 201, body = AppResponse), ApiError),
)]
pub async fn handler(
    caller: Caller,
    State(chat): State<Chat>,
    Json(body): Json<NewApp>,
) -> Result<(StatusCode, Json<AppResponse>), ApiError> {
    caller.account()?;
    let app = chat.create_app(body).await?;
    Ok((StatusCode::CREATED, Json(AppResponse { app })))
}
