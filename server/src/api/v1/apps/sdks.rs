use axum::extract::State;
use domain::IntegrationId;
use serde::Serialize;

use crate::api::v1::caller::Caller;
use crate::api::v1::path::AppPath;
use crate::api::v2::error::ApiError;
use crate::api::v2::extract::{Json, Path};
use crate::chat::Chat;

/// The oldest integration of each kind of client; `null` where there is none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SdksResponse {
    android_integration_id: Option<IntegrationId>,
    ios_integration_id: Option<IntegrationId>,
    web_integration_id: Option<IntegrationId>,
}

/// `GET /v1.1/apps/{app}/sdks`
pub async fn handler(
    caller: Caller,
    Path(path): Path<AppPath>,
    State(chat): State<Chat>,
) -> Result<Json<SdksResponse>, ApiError> {
    let scope = caller.account_over(path.app.as_deref()).await?;
    Ok(Json(SdksResponse {
        android_integration_id: chat.integration_of_type(scope, "android").await?,
        ios_integration_id: chat.integration_of_type(scope, "ios").await?,
        web_integration_id: chat.integration_of_type(scope, "web").await?,
    }))
}
